"""Whatever is touched, pulled, waited for and sent twice: no creation without everything that invariant 4 asks for."""

from __future__ import annotations

import contextlib

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from kiosk.enrolment.course import Aim
from kiosk.enrolment.errors import CardFault, StepError
from kiosk.enrolment.session import Touch
from kiosk.enrolment.steps import PERSONAL, JourneyKind, Step
from tests.fakes.card_slot import card, person
from tests.fakes.enrolment_rig import EnrolmentRig
from tests.fakes.operators import AGENT_PIN, PHARMACIST_PIN, PREPARER_PIN
from tests.fakes.paper import NO_PAPER, READY, SILENT
from tests.fakes.programme import Programme
from wire.evidence import AlertWish, Measure, Question
from wire.facts import EnrolmentFacts, PendingInsFacts, SlipFacts
from wire.records import RecordKind
from wire.status import PersonStatus
from wire.vault_parts import VaultPart

PROGRAMME = Programme()
PINS = st.sampled_from([AGENT_PIN, PHARMACIST_PIN, PREPARER_PIN, "000000", ""])
METHODS = st.sampled_from(["identity_card", "passport", "known_person", "", "nothing"])
CONTACTS = st.sampled_from([("", ""), ("camille@exemple.fr", ""), ("", "0612345678"), ("x", "12")])
FAMILY = card(
    person(),
    person("LÉO", "20150830", position=1),
    person("INÈS", "20100301", position=2),
    person("ZOÉ", "20200101", position=3, number=""),
)
CODES = st.sampled_from(["000000", "12", "314159", ""])
NAMES = st.sampled_from(["MARTIN", ""])


_OF_NOBODY = frozenset({RecordKind.REFUSAL, RecordKind.SLIP_OUTCOME})
_INFORMED = frozenset({RecordKind.ENROLMENT, RecordKind.PENDING_INS, RecordKind.REACTIVATION})
_EMERGENCY = frozenset({Question.BREAK_GLASS, Question.CENTRE_15})
_MUST_SAY_YES: dict[RecordKind, tuple[Question, ...]] = {
    RecordKind.ENROLMENT: (Question.CREATION,),
    RecordKind.PENDING_INS: (Question.CREATION, Question.DECLARATION),
    RecordKind.REACTIVATION: (Question.REACTIVATION,),
    RecordKind.CLOSURE_REQUEST: (Question.CLOSURE,),
    RecordKind.OPPOSITION: (Question.OPPOSITION,),
    RecordKind.CODE_REISSUE: (),
    RecordKind.CONSENT_CHANGE: (),
    RecordKind.CONTACT_CHANGE: (),
}
_MUST_ANSWER: dict[RecordKind, frozenset[Question]] = dict.fromkeys(_MUST_SAY_YES, frozenset()) | {
    RecordKind.ENROLMENT: _EMERGENCY,
    RecordKind.PENDING_INS: _EMERGENCY,
    RecordKind.REACTIVATION: _EMERGENCY,
    RecordKind.CONSENT_CHANGE: _EMERGENCY,
    RecordKind.CLOSURE_REQUEST: frozenset({Question.DELETION}),
}


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
        self._try(self.rig.session.attesting.sign_in, pin)

    @rule(position=st.integers(-2, 4), is_accompanied=st.booleans())
    def choose(self, position: int, is_accompanied: bool) -> None:
        self._try(self.rig.session.choose_person, position, is_accompanied=is_accompanied)

    @rule(aim=st.sampled_from(Aim))
    def aim(self, aim: Aim) -> None:
        self._try(self.rig.session.choose_aim, aim)

    @rule()
    def reconsider(self) -> None:
        self._try(self.rig.session.reconsider)

    @rule(measure=st.sampled_from(Measure))
    def measure(self, measure: Measure) -> None:
        self._try(self.rig.session.accompanying.say_measure, measure)

    @rule(position=st.integers(-2, 4))
    def representative(self, position: int) -> None:
        self._try(self.rig.session.accompanying.choose_representative, position)

    @rule(family=NAMES, given=NAMES, born=st.sampled_from(["05/01/1960", "05/01/2015", ""]))
    def representative_name(self, family: str, given: str, born: str) -> None:
        self._try(self.rig.session.accompanying.name_representative, family, given, born)

    @rule(code=st.sampled_from(["MTH", "TUTEUR", "CURATEUR", "X"]))
    def quality(self, code: str) -> None:
        self._try(self.rig.session.accompanying.say_quality, code)

    @rule(contact=CONTACTS)
    def own_contact(self, contact: tuple[str, str]) -> None:
        self._try(self.rig.session.accompanying.give_own_contact, *contact)

    @rule(family=NAMES, given=NAMES)
    def other_parent(self, family: str, given: str) -> None:
        self._try(self.rig.session.accompanying.name_other_parent, family, given)

    @rule(code=CODES)
    def type_code(self, code: str) -> None:
        self._try(self.rig.session.reaching.type_code, code)

    @rule()
    def code_again(self) -> None:
        self._try(self.rig.session.reaching.send_code_again)

    @rule()
    def code_later(self) -> None:
        self._try(self.rig.session.reaching.leave_unproved)

    @rule(wish=st.sampled_from(AlertWish))
    def alerts(self, wish: AlertWish) -> None:
        self._try(self.rig.session.reaching.wish_alerts, wish)

    @rule()
    def refusal_slip(self) -> None:
        self._try(self.rig.session.refusal_slip)

    @rule(is_down=st.booleans())
    def line(self, is_down: bool) -> None:
        self.rig.prover.down = is_down

    @rule(to_the_end=st.booleans())
    def notice(self, to_the_end: bool) -> None:
        self._try(self.rig.session.notice_read, to_the_end=to_the_end)

    @rule(accepted=st.booleans())
    def answer(self, accepted: bool) -> None:
        self._try(self.rig.session.answer, accepted=accepted)

    @rule(contact=CONTACTS)
    def contact(self, contact: tuple[str, str]) -> None:
        self._try(self.rig.session.reaching.give_contact, *contact)

    @rule()
    def no_contact(self) -> None:
        self._try(self.rig.session.reaching.give_no_contact)

    @rule(wanted=st.booleans())
    def slip(self, wanted: bool) -> None:
        self._try(self.rig.session.reaching.choose_slip, wanted=wanted)

    @rule()
    def agree(self) -> None:
        self._try(self.rig.session.agree_summary)

    @rule(step=st.sampled_from(Step))
    def edit(self, step: Step) -> None:
        self._try(self.rig.session.edit, step)

    @rule(pin=PINS, method=METHODS, statement=st.booleans())
    def attest(self, pin: str, method: str, statement: bool) -> None:
        self._try(self.rig.session.attesting.attest, pin=pin, method=method, statement=statement)

    @rule(pin=PINS)
    def confirm(self, pin: str) -> None:
        self._try(self.rig.session.attesting.confirm, pin=pin)

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
    def every_record_of_a_person_has_its_evidence(self) -> None:
        for draft in self.rig.store.drafts:
            facts = draft.administrative
            if facts is None or isinstance(facts, SlipFacts):
                continue
            check = facts.identity_check
            answers = getattr(facts, "answers", ())
            given = {answer.question: answer.accepted for answer in answers}
            assert check.operator in {"AGENT-01", "PHARMA-01"}  # never the preparer alone
            assert check.checked_ms >= max((answer.answered_ms for answer in answers), default=0)
            assert given.items() >= dict.fromkeys(_MUST_SAY_YES[draft.kind], True).items()
            assert given.keys() >= _MUST_ANSWER[draft.kind]
            if draft.kind in _INFORMED:
                assert facts.notice.text_id == "notice"  # type: ignore[union-attr]

    @invariant()
    def a_minor_never_stands_alone(self) -> None:
        for draft in self.rig.store.drafts:
            facts = draft.administrative
            if facts is None or isinstance(facts, SlipFacts):
                continue
            person = facts.person if isinstance(facts, PendingInsFacts) else facts.traits
            company = facts.representation
            given = {answer.question: answer.accepted for answer in getattr(facts, "answers", ())}
            assert (company is not None) or person.given_name == "CAMILLE"
            if company is not None:
                assert company.representative.given_name != person.given_name or company.representative.position is None
                assert company.quality
                assert draft.kind not in _INFORMED or given[Question.DECLARATION] is True
            if person.given_name == "INÈS" and draft.kind in _INFORMED:
                assert given[Question.OWN_WILL] is True

    @invariant()
    def a_wrap_exists_only_for_an_access_that_was_allowed(self) -> None:
        for draft in self.rig.store.of(RecordKind.ENROLMENT):
            assert isinstance(draft.administrative, EnrolmentFacts)
            assert isinstance(draft.vault, VaultPart)
            given = {answer.question: answer.accepted for answer in draft.administrative.answers}
            assert (draft.vault.wrap_break_glass is not None) == given[Question.BREAK_GLASS]
            assert (draft.vault.wrap_centre_15 is not None) == given[Question.CENTRE_15]

    @invariant()
    def a_contact_is_called_proved_only_with_a_proof(self) -> None:
        for draft in self.rig.store.drafts:
            contact = getattr(draft.administrative, "contact", None)
            if contact is not None:
                assert contact.email_proved == (contact.email_proof is not None)
                assert contact.mobile_proved == (contact.mobile_proof is not None)

    @invariant()
    def no_slip_without_a_record(self) -> None:
        first_copies = [slip for slip in self.rig.printer.given if slip.copy_number == 1 and slip.kind.value == "A"]
        of_persons = [draft for draft in self.rig.store.drafts if draft.kind not in _OF_NOBODY]
        assert len(first_copies) <= len(of_persons)

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
