"""One visit of the long run: somebody new, perhaps a fault drawn by lot, and what became of it. The rest is judged.

The draw is all that chance decides; the same seed has the same draws again (the machine's own timing it has not).
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from kiosk.card_reader.virtual.mishap import Mishap, MishapKind
from kiosk.card_reader.virtual.people import VirtualCard
from kiosk.card_reader.virtual.scenario import Scenario as CardScenario
from kiosk.card_reader.virtual.scenario import plain
from tests.scenarios.rig import ScenarioRig
from tests.scenarios.runner import insert
from tests.scenarios.script import Moment, PrinterFault, ReaderFault, Repair, Trouble, duration
from tests.scenarios.strike import mend, strike
from tests.town.wishes import Wishes
from tests.waiting import wait_for

LAST = ("thanks", "done", "refused", "unchanged", "stopped", "take_card", "out_of_service", "paper")
_ASKED = ("notice", "consent", "break_glass", "consultation", "contact", "identity", "confirm")
_PRINTER_MOMENTS = (Moment.COMMIT, Moment.SLIP_A, Moment.AFTER_SLIP_A, Moment.SLIP_B, Moment.AFTER_SLIP_B)
_PRINTS_AT_MOST = 5
_WAITS = ("attract", "sign_in")


@dataclass(frozen=True, slots=True)
class Draw:
    """What goes wrong in one visit: ``at`` is the screen the trouble strikes on, or is prepared on for its moment."""

    word: str
    mishap: Mishap | None = None
    at: str = ""
    trouble: Trouble | None = None
    says_no: bool = False
    goes_without: bool = False
    silence: bool = False


@dataclass(frozen=True, slots=True)
class Ending:
    """How a visit ended: the last screen with its code, and whether a record of an opening was made."""

    word: str
    screen: str
    fault: str | None
    enrolled: bool

    @property
    def was_told(self) -> bool:
        """Whether the person knows what became of them."""
        return self.enrolled or self.fault is not None or self.screen in {"refused", "take_card", "dark"}


def draw(chance: random.Random) -> Draw:
    """By lot: half of the visits go well; dear faults (a second of waiting each) are rarer."""
    (kind,) = chance.choices(list(_LOTS), list(_LOTS.values()))
    return kind(chance)


def visit(rig: ScenarioRig, card: VirtualCard, drawn: Draw) -> Ending:
    """From the card to the terminal at rest again, everything mended.

    Raises:
        TimeoutError, AssertionError: the terminal did not go on.
    """
    before = _openings(rig)
    wishes = Wishes(email="canari@exemple.fr", creation=not drawn.says_no)
    if rig.screen.look() == "sign_in":
        rig.screen.walk("attract", "out_of_service", wishes=wishes)
    if drawn.trouble is not None and drawn.at == "attract":
        strike(rig, drawn.trouble)
    insert(rig, _playing(card, drawn.mishap))
    screen = _walk(rig, drawn, wishes)
    screen = _paper(rig, drawn, screen) if screen == "paper" else screen
    fault = rig.screen.fault
    _come_to_rest(rig)
    return Ending(drawn.word, screen, fault, _openings(rig) > before)


def _walk(rig: ScenarioRig, drawn: Draw, wishes: Wishes) -> str:
    screen = rig.screen.walk(drawn.at, *LAST, wishes=wishes) if drawn.at in _ASKED else ""
    if screen == drawn.at and drawn.silence:
        rig.pass_time(duration("+61 s"))
    if screen == drawn.at and drawn.trouble is not None:
        strike(rig, drawn.trouble)
        if drawn.trouble.power_cut and drawn.trouble.when is None:
            rig.power_back()
    if drawn.trouble is not None and drawn.trouble.power_cut and drawn.trouble.when is not None and screen == drawn.at:
        return _into_the_dark(rig, wishes)
    return rig.screen.walk(*LAST, wishes=wishes)


def _into_the_dark(rig: ScenarioRig, wishes: Wishes) -> str:
    """The light goes out somewhere after the last touch; whoever stood there takes their card."""
    rig.screen.walk("confirm", *LAST, wishes=wishes)
    rig.screen.touch("confirm")
    rig.power_back()
    return "dark"


def _paper(rig: ScenarioRig, drawn: Draw, screen: str) -> str:
    """The agent mends what there is to mend, and touches; or the person goes without."""
    for _ in range(_PRINTS_AT_MOST):
        if screen != "paper":
            return screen
        _mend_all(rig)
        again = rig.screen.offers("print-again") and not drawn.goes_without
        rig.screen.touch("print_again" if again else "paper_settled")
        wait_for("the paper's fate", lambda: rig.screen.look() != "printing")
        screen = rig.screen.step
    return screen


def _come_to_rest(rig: ScenarioRig) -> None:
    _mend_all(rig)
    rig.around.pull()
    reader = rig.terminal.devices.reader
    wait_for("the card is seen to be out", lambda: reader.presence().state.value == "empty")
    rig.pass_time(duration("+5 s"))
    for _ in range(4):
        wait_for("the work is done", lambda: rig.screen.look() not in {"printing", "reading", "status"})
        if rig.screen.step in _WAITS:
            return
        rig.pass_time(duration("+200 s"))
    raise AssertionError(f"the terminal stays on {rig.screen.step} {rig.screen.fault or ''}")


def _mend_all(rig: ScenarioRig) -> None:
    rig.forget_prepared()
    for repair in Repair:
        mend(rig, repair)


def _openings(rig: ScenarioRig) -> int:
    with rig.terminal.home.database.reading() as database:
        return int(database.execute("SELECT count(*) FROM records WHERE opening = 1").fetchone()[0])


def _playing(card: VirtualCard, mishap: Mishap | None) -> CardScenario:
    scenario = plain(card)
    return scenario if mishap is None else CardScenario(card.card_id, "", "", card, mishaps=(mishap,))


# The lots


def _nothing(_: random.Random) -> Draw:
    return Draw("nothing")


def _card(chance: random.Random) -> Draw:
    kinds = (MishapKind.PULL, MishapKind.CUT, MishapKind.CONFUSED, MishapKind.RESET, MishapKind.WRONG_STATUS)
    kind = chance.choice(kinds)
    return Draw(f"card {kind.value}", mishap=Mishap(kind, chance.randint(1, 9), status=0x6581))


def _reader(chance: random.Random) -> Draw:
    at = chance.choice(("attract", *_ASKED))
    how = chance.choice(("service_down", "unplugged"))
    at_command = chance.randint(1, 9) if at == "attract" else None
    return Draw(f"reader {how}", at=at, trouble=Trouble(reader=ReaderFault(**{how: True}, at_command=at_command)))


def _pulled(chance: random.Random) -> Draw:
    when = chance.choice((None, *_PRINTER_MOMENTS))
    at = chance.choice(_ASKED) if when is None else "confirm"
    return Draw("card pulled", at=at, trouble=Trouble(when=when, card_pulled=True))


def _roll(chance: random.Random) -> Draw:
    trouble = Trouble(when=chance.choice(_PRINTER_MOMENTS), printer=PrinterFault(lines_left=chance.randint(1, 70)))
    return Draw("paper out", at="confirm", trouble=trouble, goes_without=chance.random() < 0.3)


def _printer(chance: random.Random) -> Draw:
    hand = chance.choice(("cover_open", "offline", "jam_cutter", "overheat", "power_off", "paper_low"))
    trouble = Trouble(when=chance.choice(_PRINTER_MOMENTS), printer=PrinterFault(**{hand: True}))
    return Draw(f"printer {hand}", at="confirm", trouble=trouble, goes_without=chance.random() < 0.3)


def _line(chance: random.Random) -> Draw:
    trouble = Trouble(when=chance.choice(_PRINTER_MOMENTS), printer=PrinterFault(reset_after=chance.randint(1, 2500)))
    return Draw("line breaks", at="confirm", trouble=trouble, goes_without=chance.random() < 0.3)


def _silent(chance: random.Random) -> Draw:
    hand = chance.choice(("silent", "stall", "half_open"))
    trouble = Trouble(when=chance.choice((Moment.SLIP_A, Moment.SLIP_B)), printer=PrinterFault(**{hand: True}))
    return Draw(f"printer {hand}", at="confirm", trouble=trouble, goes_without=chance.random() < 0.5)


def _network(chance: random.Random) -> Draw:
    return Draw("network down", at=chance.choice(("attract", *_ASKED)), trouble=Trouble(network_down=True))


def _power(chance: random.Random) -> Draw:
    when = chance.choice((None, *Moment))
    at = chance.choice(_ASKED) if when is None else "confirm"
    return Draw("power cut", at=at, trouble=Trouble(when=when, power_cut=True))


def _disk(chance: random.Random) -> Draw:
    when = chance.choice((None, *_PRINTER_MOMENTS))
    at = chance.choice(_ASKED) if when is None else "confirm"
    return Draw("disk full", at=at, trouble=Trouble(when=when, disk_full=True))


def _clock(chance: random.Random) -> Draw:
    off = chance.choice(("-10 min", "+10 min", "-2 h", "+2 h"))
    return Draw("clock set", at=chance.choice(_ASKED), trouble=Trouble(clock=off))


def _person(chance: random.Random) -> Draw:
    if chance.random() < 0.5:
        return Draw("says no", says_no=True)
    return Draw("walks away", at=chance.choice(_ASKED), silence=True)


_LOTS = {
    _nothing: 50,
    _card: 6,
    _reader: 4,
    _pulled: 5,
    _roll: 7,
    _printer: 6,
    _line: 4,
    _silent: 1,
    _network: 4,
    _power: 4,
    _disk: 2,
    _clock: 2,
    _person: 5,
}
