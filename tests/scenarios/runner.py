"""Plays one scenario on one terminal: each step in turn, then what every scenario owes (:mod:`.afterwards`)."""

from __future__ import annotations

from dataclasses import replace

from kiosk.card_reader.virtual.mishap import Mishap, MishapKind
from kiosk.card_reader.virtual.people import card_of
from kiosk.card_reader.virtual.scenario import Scenario as CardScenario
from kiosk.card_reader.virtual.scenario import plain
from kiosk.card_reader.virtual.scenario_file import scenario_named
from tests.scenarios.afterwards import owed_after, people_on
from tests.scenarios.expecting import expect_disk, expect_paper, expect_seen
from tests.scenarios.rig import ScenarioRig
from tests.scenarios.screen import WITHIN_S
from tests.scenarios.script import Answers, Deed, Insertion, Scenario, Touched, duration
from tests.scenarios.strike import mend, strike
from tests.town.wishes import Wishes
from tests.waiting import wait_for

_PER_TOUCH = duration("+1 s")


def play(rig: ScenarioRig, scenario: Scenario) -> None:
    """Every step, then what is owed afterwards.

    Raises:
        AssertionError, TimeoutError: what was expected did not hold; the message begins with the step's number.
    """
    for number, step in enumerate(scenario.steps, start=1):
        try:
            play_step(rig, step, wishes_of(scenario.answers))
        except (AssertionError, TimeoutError) as error:
            raise AssertionError(f"step {number} of {scenario.name!r}: {error}") from error
    owed_after(rig, scenario)


def wishes_of(answers: Answers) -> Wishes:
    """What a visitor of the town would want."""
    return Wishes(creation=answers.creation, email=answers.email, mobile=answers.mobile, slip=answers.slip)


def play_step(rig: ScenarioRig, step: Deed, wishes: Wishes) -> None:
    """One step."""
    match step:
        case Deed(insert=str() | Insertion() as card):
            insert(rig, card_in(Insertion(card=card) if isinstance(card, str) else card))
        case Deed(pull_card=True):
            rig.around.pull()
        case Deed(until=stop) if stop is not None:
            rig.screen.walk(stop.value, wishes=wishes)
        case Deed(touch=str() | Touched() as touch):
            _touch(rig, Touched(what=touch) if isinstance(touch, str) else touch)
        case Deed(fault=trouble) if trouble is not None:
            strike(rig, trouble)
        case Deed(mend=repair) if repair is not None:
            mend(rig, repair)
        case Deed(power_back=True):
            rig.power_back()
        case Deed(time=span) if span is not None:
            rig.pass_time(duration(span))
        case _:
            _expect(rig, step)


def _expect(rig: ScenarioRig, step: Deed) -> None:
    match step:
        case Deed(sees=seen) if seen is not None:
            expect_seen(rig, seen)
        case Deed(disk=expected) if expected is not None:
            expect_disk(rig, expected)
        case Deed(paper=papers) if papers is not None:
            expect_paper(rig, papers)
        case _:
            raise AssertionError(f"nothing plays this step: {step}")


def insert(rig: ScenarioRig, card: CardScenario) -> None:
    """Put a card in; whose names may now be nowhere is noted."""
    rig.met |= people_on(card)
    if any(mishap.kind is MishapKind.HANG and mishap.seconds is None for mishap in card.mishaps):
        rig.around.wait_briefly(reader=True)
    before = rig.around.reader.presence().insertion
    rig.around.insert(card)
    # A hand is seen at once, unless the reader sees nothing now.
    if rig.around.slots.is_well:
        wait_for("the card is seen", lambda: rig.around.reader.presence().insertion > before, WITHIN_S)
        rig.terminal.session.tick()


def card_in(said: Insertion) -> CardScenario:
    """The card as the simulator plays it."""
    card = plain(card_of(said.card)) if said.card is not None else scenario_named(str(said.scenario))
    mishaps = card.mishaps
    if said.does is not None:
        mishaps = (*mishaps, Mishap(said.does, said.at, seconds=said.seconds, status=int(said.status, 16)))
    return replace(
        card,
        mishaps=mishaps,
        line_speed=card.line_speed if said.line is None else said.line,
        successor=card.successor if said.to is None else plain(card_of(said.to)),
    )


def _touch(rig: ScenarioRig, touch: Touched) -> None:
    rig.screen.look()
    on = rig.screen.step if touch.screen is None else touch.screen.value
    for _ in range(touch.times):
        rig.around.pass_time(_PER_TOUCH)
        rig.screen.touch(touch.what, on=on, **touch.fields)
