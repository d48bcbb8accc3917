"""One card as it will behave in a slot: who is on it, how it is made, how fast, and what goes wrong. Values only.

Scenarios come from the deck (``plain``), from a test that writes one down, or from a file (``scenario_file``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from kiosk.card_reader.virtual.chip import Chip
from kiosk.card_reader.virtual.mishap import Mishap
from kiosk.card_reader.virtual.people import CardKind, VirtualCard


@dataclass(frozen=True, slots=True)
class Scenario:
    """``label`` and ``hint`` are French, for the tray of the demo.

    ``line_speed``: bit/s, ``line.NO_DELAY``, or None for what the slot is set to. ``successor`` is the card that
    follows a SWAP.
    """

    name: str
    label: str
    hint: str
    card: VirtualCard
    mishaps: tuple[Mishap, ...] = ()
    is_mute: bool = False
    line_speed: int | None = None
    successor: Scenario | None = None

    def chip(self, happened: set[Mishap] | None = None) -> Chip:
        """This card's chip, freshly powered; see ``Chip`` for ``happened``."""
        return Chip(self.card.engine(), self.mishaps, happened)


def plain(card: VirtualCard) -> Scenario:
    """A card that does nothing wrong, but what its kind does."""
    return Scenario(card.card_id, card.label, card.hint, card, is_mute=card.kind is CardKind.MUTE)


def spoilt(scenario: Scenario, mishap: Mishap | None, successor: VirtualCard | None = None) -> Scenario:
    """The same card with one thing more that goes wrong, and who follows when that is a SWAP."""
    mishaps = scenario.mishaps if mishap is None else (*scenario.mishaps, mishap)
    follower = scenario.successor if successor is None else plain(successor)
    return replace(scenario, mishaps=mishaps, successor=follower)
