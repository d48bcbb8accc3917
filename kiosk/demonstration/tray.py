"""The tray: cards that can be put into the virtual slot, and the simulated printer whose paper lies beside it."""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.card_reader.virtual.people import CardKind, VirtualCard, deck
from kiosk.card_reader.virtual.slot import VirtualSlots
from kiosk.printer.simulator.paper import Paper
from kiosk.printer.simulator.server import SimulatedPrinter


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where else a visitor of the demonstration looks; None: not known yet."""

    manager: str | None
    activation: str | None
    messages: str | None = None


@dataclass(frozen=True, slots=True)
class Tray:
    """What the demonstration's hands can do. ``professional`` is the second slot of a counter."""

    slots: VirtualSlots
    printer: SimulatedPrinter
    professional: VirtualSlots = field(default_factory=VirtualSlots)

    @property
    def people(self) -> tuple[VirtualCard, ...]:
        """Cards of health insurance, each with its fictitious people."""
        return tuple(card for card in deck() if card.kind is CardKind.VITALE_2)

    @property
    def strangers(self) -> tuple[VirtualCard, ...]:
        """Cards that do not belong into this slot."""
        return tuple(card for card in deck() if card.kind is not CardKind.VITALE_2)

    @property
    def inserted(self) -> VirtualCard | None:
        """The card now in the slot."""
        card_id = self.slots.inserted
        return next((card for card in deck() if card.card_id == card_id), None)

    @property
    def papers(self) -> tuple[Paper, ...]:
        """What came out, newest first."""
        return tuple(reversed(self.printer.papers))

    def paper(self, number: int) -> Paper | None:
        """One piece of paper by its number."""
        return next((paper for paper in self.printer.papers if paper.number == number), None)

    @property
    def mark(self) -> str:
        """Changes whenever the page would look different."""
        newest = self.papers[0].number if self.papers else 0
        return f"{self.slots.inserted or ''}.{self.professional.inserted or ''}.{newest}"
