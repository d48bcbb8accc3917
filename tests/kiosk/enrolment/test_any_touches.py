"""Whatever is touched, pulled, waited for and sent twice: no creation without everything that invariant 4 asks for."""

from __future__ import annotations

import contextlib
import dataclasses
import operator
from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from kiosk.enrolment.course import Aim
from kiosk.enrolment.errors import CardFault, StepError
from kiosk.enrolment.session import EnrolmentSession, Touch
from kiosk.enrolment.steps import PERSONAL, QUESTION_OF, RESTING, JourneyKind, Step
from tests.fakes.card_slot import card, person
from tests.fakes.enrolment_rig import EnrolmentRig
from tests.fakes.operators import AGENT_PIN, PHARMACIST_PIN, PREPARER_PIN
from tests.fakes.paper import NO_PAPER, READY, SILENT, TORN
from tests.fakes.programme import Programme
from tests.kiosk.enrolment.whole_evidence import OF_NOBODY, assert_whole_evidence
from wire.configuration import Regime
from wire.evidence import AlertWish, Measure
from wire.status import PersonStatus

PROGRAMME = Programme()
PINS = st.sampled_from([AGENT_PIN, PHARMACIST_PIN, PREPARER_PIN, "000000", ""])
METHODS = st.sampled_from(["identity_card", "passport", "known_person", "", "nothing"])
EMAILS = st.sampled_from(["", "camille@exemple.fr", "x"])
MOBILES = st.sampled_from(["", "0612345678", "12"])
FAMILY = card(
    person(),
    person("LÉO", "20150830", position=1),
    person("INÈS", "20100301", position=2),
    person("ZOÉ", "20200101", position=3, number=""),
)
CODES = st.sampled_from(["000000", "12", "314159", ""])
QUESTIONS = st.sampled_from(sorted(QUESTION_OF, key=lambda step: step.value))
NAMES = st.sampled_from(["MARTIN", ""])


Touching = Callable[[EnrolmentSession, Touch], None]


def _touching(
    what: str, *values: st.SearchStrategy[Any], **named: st.SearchStrategy[Any]
) -> st.SearchStrategy[Touching]:
    """A touch by the name of its method (``part.method`` for a part of the session), with chance's arguments."""

    def made(arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Touching:
        return lambda session, touch: operator.attrgetter(what)(session)(touch, *arguments, **keywords)

    return st.builds(made, st.tuples(*values), st.fixed_dictionaries(named))


TOUCHES = [
    _touching("attesting.sign_in", PINS),
    _touching("attesting.sign_out"),
    _touching("choose_person", st.integers(-2, 4), is_accompanied=st.booleans()),
    _touching("choose_aim", st.sampled_from(Aim)),
    _touching("reconsider"),
    _touching("accompanying.say_measure", st.sampled_from(Measure)),
    _touching("accompanying.choose_representative", st.integers(-2, 4)),
    _touching("accompanying.name_representative", NAMES, NAMES, st.sampled_from(["05/01/1960", "05/01/2015", ""])),
    _touching("accompanying.say_quality", st.sampled_from(["MTH", "TUTEUR", "CURATEUR", "X"])),
    _touching("accompanying.give_own_contact", EMAILS, MOBILES),
    _touching("accompanying.name_other_parent", NAMES, NAMES),
    _touching("reaching.give_contact", EMAILS, MOBILES),
    _touching("reaching.give_no_contact"),
    _touching("reaching.type_code", CODES),
    _touching("reaching.send_code_again"),
    _touching("reaching.leave_unproved"),
    _touching("reaching.wish_alerts", st.sampled_from(AlertWish)),
    _touching("reaching.choose_slip", wanted=st.booleans()),
    _touching("notice_read", to_the_end=st.booleans()),
    _touching("answer", accepted=st.booleans()),
    _touching("agree_summary"),
    _touching("edit", st.sampled_from(Step)),
    _touching("attesting.attest", pin=PINS, method=METHODS, statement=st.booleans()),
    _touching("attesting.confirm", pin=PINS),
    _touching("go_back"),
    _touching("leave"),
    _touching("start_again"),
    _touching("print_again"),
    _touching("paper_settled"),
    _touching("refusal_slip"),
]


class AnyTouches(RuleBasedStateMachine):
    """Touches are made on the present screen, on the one a browser showed before, or on one that was never shown."""

    @initialize(kind=st.sampled_from(JourneyKind), is_slow=st.booleans())
    def begin(self, kind: JourneyKind, is_slow: bool) -> None:
        self.rig = EnrolmentRig(kind, PROGRAMME, is_slow=is_slow)
        self.touch = self.rig.touch()
        self.agreed = 0

    @rule()
    def reload(self) -> None:
        self.touch = self.rig.touch()

    @rule(step=st.sampled_from(Step))
    def forge(self, step: Step) -> None:
        self.touch = Touch(self.rig.journey.visit, step)

    @rule(
        step=st.sampled_from([Step.CONSENT, Step.CONTACT, Step.IDENTITY, Step.CONFIRM, Step.CONFIRM, Step.PRINTING]),
        position=st.integers(0, 3),
        is_accompanied=st.booleans(),
        wish=st.integers(0, 5),
        pin=st.sampled_from([PHARMACIST_PIN, PREPARER_PIN]),
    )
    def walk_willingly(self, step: Step, position: int, is_accompanied: bool, wish: int, pin: str) -> None:
        """The way a willing person takes, so that chance also comes to the last screens of every course."""
        self.rig.work()
        self.rig.position, self.rig.is_accompanied, self.rig.wish = position, is_accompanied, wish
        self.rig.pin_at_counter = pin
        if self.rig.step in RESTING:
            self.rig.pull()
            self.rig.insert(FAMILY)
        if self.rig.step in PERSONAL | {Step.ATTRACT, Step.SIGN_IN}:
            self.rig.is_slow = False
            with contextlib.suppress(AssertionError, KeyError, StepError):
                self.rig.go(step)
        self.touch = self.rig.touch()

    @rule(step=QUESTIONS, accepted=st.booleans())
    def change_an_answer_and_hurry(self, step: Step, accepted: bool) -> None:
        """At the last screens: change an answer, then confirm as if nothing had been."""
        session = self.rig.session
        with contextlib.suppress(StepError):
            session.edit(self.rig.touch(), step)
            self.rig.clock.forward(1)
            session.answer(self.rig.touch(), accepted=accepted)
            session.agree_summary(self.rig.touch())
        with contextlib.suppress(StepError):
            session.attesting.confirm(self.rig.touch(), pin=PHARMACIST_PIN)
        self.touch = self.rig.touch()

    @rule(pin=PINS)
    def hurry(self, pin: str) -> None:
        with contextlib.suppress(StepError):
            self.rig.session.attesting.confirm(self.rig.touch(), pin=pin)
        self.touch = self.rig.touch()

    @rule(word=st.sampled_from(PersonStatus))
    def central_says(self, word: PersonStatus) -> None:
        self.rig.desk.word = word

    @rule()
    def insert(self) -> None:
        self.rig.insert(FAMILY)

    @rule()
    def insert_a_wrong_card(self) -> None:
        self.rig.reader.insert(CardFault.WRONG_CARD_BANK)
        self.rig.session.tick()

    @rule()
    def pull(self) -> None:
        self.rig.pull()

    @rule(seconds=st.sampled_from([1, 30, 50, 61, 200]))
    def wait(self, seconds: int) -> None:
        self.rig.wait(seconds)

    @rule()
    def slow_work_is_done(self) -> None:
        self.rig.work()

    @rule(is_full=st.booleans())
    def disk(self, is_full: bool) -> None:
        self.rig.store.full = is_full

    @rule(coming=st.lists(st.sampled_from([READY, NO_PAPER, SILENT, TORN]), max_size=3))
    def paper(self, coming: list[object]) -> None:
        self.rig.printer.coming = list(coming)  # type: ignore[arg-type]

    @rule(touch=st.one_of(TOUCHES))
    def touch_anything(self, touch: Touching) -> None:
        """One touch, with whatever a form may hold."""
        with contextlib.suppress(StepError):
            touch(self.rig.session, self.touch)

    @invariant()
    def every_record_has_its_evidence(self) -> None:
        assert_whole_evidence(self.rig.store.drafts)

    @invariant()
    def no_slip_without_a_record(self) -> None:
        first_copies = [slip for slip in self.rig.printer.given if slip.copy_number == 1 and slip.kind.value == "A"]
        of_persons = [draft for draft in self.rig.store.drafts if draft.kind not in OF_NOBODY]
        assert len(first_copies) <= len(of_persons)

    @invariant()
    def a_code_that_may_be_on_paper_is_printed_once(self) -> None:
        printer = self.rig.printer
        seen = [slip.qr for slip, told in zip(printer.given, printer.told, strict=True) if told.may_be_on_paper]
        codes = [qr for qr in seen if qr is not None and "#L=" in qr]
        assert len(codes) == len(set(codes))

    @invariant()
    def a_person_is_known_only_on_their_own_screens(self) -> None:
        journey = self.rig.journey
        if journey.step not in PERSONAL | {Step.PRINTING}:
            assert journey.card is None
            assert journey.contact is None
            assert journey.answers == ()

    @invariant()
    def every_screen_can_be_asked_for(self) -> None:
        assert self.rig.session.screen().journey.step in Step


AnyTouches.TestCase.settings = settings(stateful_step_count=60, deadline=None)
TestAnyTouches = AnyTouches.TestCase


@given(
    kind=st.sampled_from(JourneyKind),
    position=st.integers(0, 3),
    is_accompanied=st.booleans(),
    word=st.sampled_from(PersonStatus),
    wish=st.integers(0, 4),
    pin=st.sampled_from([PHARMACIST_PIN, PREPARER_PIN]),
    changes=st.lists(
        st.tuples(st.sampled_from(sorted(QUESTION_OF, key=lambda step: step.value)), st.booleans()), max_size=3
    ),
    hurried_pin=PINS,
)
def test_whatever_is_changed_at_the_last_screens_nothing_unattested_is_recorded(
    kind: JourneyKind,
    position: int,
    is_accompanied: bool,
    word: PersonStatus,
    wish: int,
    pin: str,
    changes: list[tuple[Step, bool]],
    hurried_pin: str,
) -> None:
    rig = EnrolmentRig(kind, PROGRAMME, position=position, is_accompanied=is_accompanied, wish=wish, pin_at_counter=pin)
    rig.desk.word = word
    rig.whereabouts.place = dataclasses.replace(rig.whereabouts.place, regime=Regime.OPT_OUT)
    if rig.step is Step.SIGN_IN:
        rig.session.attesting.sign_in(rig.touch(), pin)
    rig.insert(FAMILY)
    rig.go(Step.CONFIRM)
    for step, accepted in changes:
        with contextlib.suppress(StepError):
            rig.session.edit(rig.touch(), step)
            rig.clock.forward(1)
            rig.session.answer(rig.touch(), accepted=accepted)
        with contextlib.suppress(StepError):
            rig.session.agree_summary(rig.touch())
    with contextlib.suppress(StepError):
        rig.session.attesting.confirm(rig.touch(), pin=hurried_pin)
    assert_whole_evidence(rig.store.drafts)
