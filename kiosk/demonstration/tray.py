"""The tray: cards that can be put into the virtual slot, and the simulated printer whose paper lies beside it."""

from __future__ import annotations

import zlib
from dataclasses import astuple, dataclass, field

from kiosk.card_reader.virtual.people import CardKind, VirtualCard, deck
from kiosk.card_reader.virtual.scenario import Scenario
from kiosk.card_reader.virtual.scenario_file import shipped_scenarios
from kiosk.card_reader.virtual.slot import VirtualSlots
from kiosk.printer.simulator.orders import obey
from kiosk.printer.simulator.paper import Paper
from kiosk.printer.simulator.server import SimulatedPrinter

MOST_LINES = 9_999  # that a visitor may leave on the roll


@dataclass(frozen=True, slots=True)
class PrinterSwitch:
    """One thing that can be wrong with the printer: a field of its ``Faults``, a French label, an order each way."""

    fault: str
    label: str
    break_it: str
    mend_it: str


SWITCHES = (
    PrinterSwitch("paper_out", "Rouleau terminé", "paper out", "paper load"),
    PrinterSwitch("paper_low", "Bientôt plus de papier", "paper low", "paper load"),
    PrinterSwitch("cover_open", "Capot ouvert", "cover open", "cover close"),
    PrinterSwitch("cutter_jam", "Massicot bloqué", "cutter jam", "cutter free"),
    PrinterSwitch("offline", "Hors ligne", "offline", "online"),
    PrinterSwitch("silent", "Ne répond pas", "silent", "speak"),
)


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
    def misbehaving(self) -> tuple[Scenario, ...]:
        """The examples of the card simulator: cards of other makings, and what goes wrong with cards."""
        return shipped_scenarios()

    @property
    def inserted(self) -> Scenario | None:
        """The card now in the slot."""
        return self.slots.scenario

    @property
    def switches(self) -> tuple[tuple[PrinterSwitch, bool], ...]:
        """What can be wrong with the printer, and whether it is."""
        faults = self.printer.faults
        return tuple((switch, bool(getattr(faults, switch.fault))) for switch in SWITCHES)

    def turn(self, fault: str, *, is_broken: bool) -> bool:
        """Break or mend the printer in one way; False when there is no such switch."""
        for switch in SWITCHES:
            if switch.fault == fault:
                obey(switch.break_it if is_broken else switch.mend_it, self.printer)
                return True
        return False

    def leave_lines(self, count: int) -> bool:
        """Let the roll end after so many lines; False when no roll is that long."""
        if not 0 <= count <= MOST_LINES:
            return False
        obey(f"lines {count}", self.printer)
        return True

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
        faults = zlib.crc32(repr(astuple(self.printer.faults)).encode())
        return f"{self.slots.inserted or ''}.{self.professional.inserted or ''}.{newest}.{faults:x}"
