"""Whatever is touched, pulled, waited for and sent twice: no creation without everything that invariant 4 asks for."""

from __future__ import annotations

import contextlib

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from kiosk.enrolment.errors import CardFault, StepError
from kiosk.enrolment.session import Touch
from kiosk.enrolment.steps import PERSONAL, JourneyKind, Step
from tests.fakes.card_slot import card, person
from tests.fakes.enrolment_rig import EnrolmentRig
from tests.fakes.operators import AGENT_PIN, PHARMACIST_PIN
from tests.fakes.paper import NO_PAPER, READY, SILENT
from tests.fakes.programme import Programme
from wire.evidence import Question
from wire.facts import EnrolmentFacts
from wire.records import RecordKind
from wire.status import PersonStatus

PROGRAMME = Programme()
PINS = st.sampled_from([AGENT_PIN, PHARMACIST_PIN, "000000", ""])
METHODS = st.sampled_from(["identity_card", "passport", "known_person", "", "nothing"])
CONTACTS = st.sampled_from([("", ""), ("camille@exemple.fr", ""), ("", "0612345678"), ("x", "12")])
FAMILY = card(person(), person("LÉO", "20150830", position=1))


class AnyTouches(RuleBasedStateMachine):
    """Touches are made on the present screen, on the one a browser showed before, or on one that was never shown."""

    @initialize(kind=st.sampled_from(JourneyKind), is_slow=st.booleans())
    def begin(self, kind: JourneyKind, is_slow: bool) -> None:
        self.rig = EnrolmentRig(kind, PROGRAMME, is_slow=is_slow)
        self.touch = self.rig.touch()
        self.agreed = 0

    def _try(self, act: object, *arguments: object, **named: object) -> None:
        with contextlib.suppress(StepError):
            act(self.touch, *arguments, **named)  # type: ignore[operator]

    @rule()
    def reload(self) -> None:
        self.touch = self.rig.touch()

    @rule(step=st.sampled_from(Step))
    def forge(self, step: Step) -> None:
        self.touch = Touch(self.rig.journey.visit, step)

    @rule(step=st.sampled_from([Step.CONSENT, Step.CONTACT, Step.IDENTITY, Step.CONFIRM, Step.CONFIRM, Step.PRINTING]))
    def walk_willingly(self, step: Step) -> None:
        """The way a willing person takes, so that chance also comes to the last screens."""
        self.rig.work()
        if self.rig.step in PERSONAL | {Step.ATTRACT, Step.SIGN_IN}:
            self.rig.is_slow = False
            with contextlib.suppress(AssertionError, KeyError, StepError):
                self.rig.go(step)
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

    @rule(coming=st.lists(st.sampled_from([READY, NO_PAPER, SILENT]), max_size=3))
    def paper(self, coming: list[object]) -> None:
        self.rig.printer.coming = list(coming)  # type: ignore[arg-type]

    @rule(pin=PINS)
    def sign_in(self, pin: str) -> None:
        self._try(self.rig.session.sign_in, pin)

    @rule(position=st.integers(-1, 2))
    def choose(self, position: int) -> None:
        self._try(self.rig.session.choose_person, position)

    @rule(to_the_end=st.booleans())
    def notice(self, to_the_end: bool) -> None:
        self._try(self.rig.session.notice_read, to_the_end=to_the_end)

    @rule(accepted=st.booleans())
    def answer(self, accepted: bool) -> None:
        self._try(self.rig.session.answer, accepted=accepted)

    @rule(contact=CONTACTS)
    def contact(self, contact: tuple[str, str]) -> None:
        self._try(self.rig.session.give_contact, *contact)

    @rule()
    def no_contact(self) -> None:
        self._try(self.rig.session.give_no_contact)

    @rule(wanted=st.booleans())
    def slip(self, wanted: bool) -> None:
        self._try(self.rig.session.choose_slip, wanted=wanted)

    @rule()
    def agree(self) -> None:
        self._try(self.rig.session.agree_summary)

    @rule(step=st.sampled_from(Step))
    def edit(self, step: Step) -> None:
        self._try(self.rig.session.edit, step)

    @rule(pin=PINS, method=METHODS, statement=st.booleans())
    def attest(self, pin: str, method: str, statement: bool) -> None:
        self._try(self.rig.session.attest, pin=pin, method=method, statement=statement)

    @rule()
    def confirm(self) -> None:
        self._try(self.rig.session.confirm)

    @rule()
    def back(self) -> None:
        self._try(self.rig.session.go_back)

    @rule()
    def leave(self) -> None:
        self._try(self.rig.session.leave)

    @rule()
    def start_again(self) -> None:
        self._try(self.rig.session.start_again)

    @rule()
    def print_again(self) -> None:
        self._try(self.rig.session.print_again)

    @rule()
    def settle(self) -> None:
        self._try(self.rig.session.paper_settled)

    @invariant()
    def every_creation_has_its_evidence(self) -> None:
        for draft in self.rig.store.of(RecordKind.ENROLMENT):
            facts = draft.administrative
            assert isinstance(facts, EnrolmentFacts)
            assert [answer.question for answer in facts.answers] == list(Question)
            assert facts.answers[0].accepted is True
            assert facts.notice.text_id == "notice"
            assert facts.identity_check.operator in {"AGENT-01", "PHARMA-01"}
            assert facts.traits.given_name == "CAMILLE"  # never the child
            assert facts.identity_check.checked_ms >= max(answer.answered_ms for answer in facts.answers)
            assert draft.vault is not None
            assert (draft.vault.wrap_break_glass is not None) == facts.answers[1].accepted
            assert (draft.vault.wrap_centre_15 is not None) == facts.answers[2].accepted

    @invariant()
    def no_slip_without_a_record(self) -> None:
        first_copies = [slip for slip in self.rig.printer.given if slip.copy_number == 1 and slip.kind.value == "A"]
        assert len(first_copies) <= len(self.rig.store.of(RecordKind.ENROLMENT))

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
