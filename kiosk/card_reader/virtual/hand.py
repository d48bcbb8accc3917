"""A hand at one vpcd slot that does what it is told in words: what the command reads from the keyboard."""

from __future__ import annotations

from pathlib import Path

from kiosk.card_reader.errors import CardReaderError, ScenarioError, UnknownCardError
from kiosk.card_reader.virtual.people import card_of, deck
from kiosk.card_reader.virtual.scenario import Scenario, plain
from kiosk.card_reader.virtual.scenario_file import SUFFIX, load_scenario, scenario_named, shipped_scenarios
from kiosk.card_reader.virtual.vpcd import VpcdCard

HELP = "insert [NAME|FILE.yaml], pull, swap NAME|FILE.yaml, list, quit"


def scenario_at(place: str) -> Scenario:
    """A scenario file by its path, one of the examples or a card of the deck by its name.

    Raises:
        ScenarioError: the file is wrong.
        UnknownCardError: there is neither card nor example of that name.
    """
    if place.endswith(SUFFIX):
        return load_scenario(Path(place))
    try:
        return plain(card_of(place))
    except UnknownCardError:
        return scenario_named(place)


def listing() -> str:
    """Every card and every example, a line each."""
    cards = [f"{card.card_id:18} {card.label} ({card.hint})" for card in deck()]
    examples = [f"{scenario.name:18} {scenario.label} ({scenario.hint})" for scenario in shipped_scenarios()]
    return "\n".join(["cards:", *cards, "scenarios:", *examples])


class Hand:
    """One slot. ``told`` never raises: it answers in words, for a person to read."""

    def __init__(self, host: str, port: int, *, is_realistic: bool = False) -> None:
        self._address = (host, port)
        self._is_realistic = is_realistic
        self._last: Scenario | None = None
        self._card: VpcdCard | None = None

    @property
    def inserted(self) -> VpcdCard | None:
        """The card now in the slot: after a swap the one that followed."""
        if self._card is None:
            return None
        card = self._card.in_place
        return None if card.wait(0) else card

    @property
    def lost_reader(self) -> bool:
        """Whether pcscd went away with the card in."""
        return self._card is not None and self._card.in_place.lost_reader

    def insert(self, scenario: Scenario) -> None:
        """Put that card in; one that is in there leaves first.

        Raises:
            OSError: no vpcd listens there.
        """
        self.pull()
        card = VpcdCard(scenario, *self._address, is_realistic=self._is_realistic)
        card.insert()
        self._card, self._last = card, scenario

    def swap(self, scenario: Scenario) -> None:
        """Put that card in just as the other leaves: it waits behind it in vpcd's port.

        Raises:
            OSError: no vpcd listens there.
        """
        follower = VpcdCard(scenario, *self._address, is_realistic=self._is_realistic)
        follower.insert(wait_s=0)
        self.pull()
        self._card, self._last = follower, scenario

    def pull(self) -> None:
        """Take the card out; harmless when there is none."""
        if self._card is not None:
            self._card.pull()
            self._card = None

    def told(self, line: str) -> str:
        """Do what one line says."""
        word, _, place = line.strip().partition(" ")
        place = place.strip()
        try:
            return self._do(word, place)
        except (CardReaderError, OSError) as error:
            return f"not done: {error}"

    def _do(self, word: str, place: str) -> str:
        if word == "list":
            return listing()
        if word == "pull":
            self.pull()
            return "the slot is empty"
        if word in ("insert", "swap"):
            scenario = self._meant(place)
            if word == "insert":
                self.insert(scenario)
            else:
                self.swap(scenario)
            return f"{scenario.name} is in the slot"
        return HELP

    def _meant(self, place: str) -> Scenario:
        if place:
            return scenario_at(place)
        if self._last is None:
            raise ScenarioError("no card was in yet: name one")
        return self._last
