"""Plays one scenario on one terminal: each step in turn, then what every scenario owes (:mod:`.afterwards`)."""

from __future__ import annotations

from tests.scenarios.afterwards import owed_after, people_on
from tests.scenarios.expecting import expect_disk, expect_paper, expect_seen
from tests.scenarios.rig import ScenarioRig
from tests.scenarios.script import Answers, Deed, Insertion, Scenario, Touched, duration
from tests.scenarios.strike import mend, strike
from tests.town.wishes import Wishes

_PER_TOUCH = duration("+1 s")
HANGING = frozenset({"hang"})


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
            insert(rig, Insertion(card=card) if isinstance(card, str) else card)
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
        case Deed(sees=seen) if seen is not None:
            expect_seen(rig, seen)
        case Deed(disk=expected) if expected is not None:
            expect_disk(rig, expected)
        case Deed(paper=papers) if papers is not None:
            expect_paper(rig, papers)


def insert(rig: ScenarioRig, card: Insertion) -> None:
    """Put a card in; whose names may now be nowhere is noted."""
    rig.met |= people_on(card)
    if card.goes_wrong is not None and card.goes_wrong.value in HANGING:
        rig.around.wait_briefly(reader=True)
    rig.around.insert(card)


def _touch(rig: ScenarioRig, touch: Touched) -> None:
    rig.screen.look()
    on = touch.on or rig.screen.step
    for _ in range(touch.times):
        rig.around.pass_time(_PER_TOUCH)
        rig.screen.touch(touch.what, on=on, **touch.fields)
