"""One person's way through the screens, as a frozen value: every touch makes a new one, or raises StepError.

Pure: times come in as arguments, nothing is read or written. Changing the person, an answer or the contact throws
away the summary's and the operator's yes, because those were said of something else. Ending keeps nothing personal.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kiosk.enrolment.contact import read_contact
from kiosk.enrolment.errors import ContactError, StepError
from kiosk.enrolment.faults import Fault
from kiosk.enrolment.holder import CardContents, CardHolder
from kiosk.enrolment.ports import PrinterState, TerminalPlace
from kiosk.enrolment.rules import Eligibility, eligibility, local_day
from kiosk.enrolment.slip import SlipKind
from kiosk.enrolment.steps import PATHS, QUESTION_OF, JourneyKind, Step, first_open, may_move, step_back
from kiosk.enrolment.texts import Text
from wire.evidence import Answer, Contact, IdentityCheck, Question, TextShown
from wire.identifiers import milliseconds
from wire.status import PersonStatus


@dataclass(frozen=True, slots=True)
class SlipProgress:
    """One slip on its way to the paper; ``state`` is a word of the journal, or ``waiting``."""

    kind: SlipKind
    copy_number: int
    state: str
    printer: PrinterState | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Journey:
    """Where one person is. ``visit`` tells it from the one before and the one after.

    ``shown_at`` is when the present screen came up. ``complaint`` is the code of what was wrong with the last touch;
    ``typed`` is what stood in the fields, so that nothing typed is lost.
    """

    kind: JourneyKind
    visit: int
    step: Step
    shown_at: datetime
    insertion: int | None = None
    place: TerminalPlace | None = None
    card: CardContents | None = None
    person: CardHolder | None = None
    status: PersonStatus | None = None
    notice: TextShown | None = None
    answers: tuple[Answer, ...] = ()
    contact: Contact | None = None
    wants_slip: bool | None = None
    summary_agreed: bool = False
    identity: IdentityCheck | None = None
    fault: Fault | None = None
    fault_code: str | None = None
    slips: tuple[SlipProgress, ...] = ()
    complaint: str | None = None
    complaint_until: datetime | None = None
    typed: dict[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"Journey(visit {self.visit}, {self.step.value})"

    def answer_to(self, question: Question) -> bool | None:
        """What the person touched, None when not asked yet."""
        return next((answer.accepted for answer in self.answers if answer.question is question), None)

    @property
    def reachable_by_web(self) -> bool:
        """Whether a web account comes with the dossier: an e-mail or a mobile was given (EX_1.X-1300)."""
        return self.contact is not None and (self.contact.email is not None or self.contact.mobile is not None)

    @property
    def activation_slip(self) -> bool:
        """Whether slip B is printed: with a contact always, without one when the person wants it."""
        return self.reachable_by_web or self.wants_slip is True

    @property
    def answered(self) -> frozenset[Step]:
        """The steps of the path that need not be asked again."""
        done = {
            Step.WHO: self.person is not None,
            Step.STATUS: self.status in {PersonStatus.NONE, PersonStatus.UNKNOWN},
            Step.NOTICE: self.notice is not None,
            Step.CONSENT: self.answer_to(Question.CREATION) is True,
            Step.BREAK_GLASS: self.answer_to(Question.BREAK_GLASS) is not None,
            Step.CENTRE_15: self.answer_to(Question.CENTRE_15) is not None,
            Step.CONTACT: self.contact is not None,
            Step.SLIP_OFFER: self.reachable_by_web or self.wants_slip is not None,
            Step.SUMMARY: self.summary_agreed,
            Step.IDENTITY: self.identity is not None,
        }
        return frozenset(step for step, is_done in done.items() if is_done)

    def to(self, step: Step, at: datetime, **changes: Any) -> Journey:
        """The journey on another screen.

        Raises:
            StepError: the machine has no such move now.
        """
        changed = dataclasses.replace(self, complaint=None, complaint_until=None, typed={}, **changes)
        if not may_move(self.kind, self.step, step, changed.answered):
            raise StepError(f"no way from {self.step.value} to {step.value} now")
        return dataclasses.replace(changed, step=step, shown_at=at)

    def on(self, at: datetime, **changes: Any) -> Journey:
        """The journey on the first screen that is still open."""
        return self.to(first_open(self.kind, dataclasses.replace(self, **changes).answered), at, **changes)

    def complaining(self, code: str, *, typed: dict[str, str] | None = None, until: datetime | None = None) -> Journey:
        """The same screen with a word on what was wrong, and what had been typed."""
        return dataclasses.replace(self, complaint=code, complaint_until=until, typed=typed or {})

    def choose(self, position: int, at: datetime) -> Journey:
        """The person whose dossier it is; a change of person starts over."""
        self.expect(Step.WHO)
        if self.card is None:
            raise StepError("no card was read")
        person = next((one for one in self.card.persons if one.position == position), None)
        if person is None or eligibility(person, self.card, local_day(at)) is not Eligibility.MAY:
            return self.complaining("not_eligible")
        if person == self.person:
            return self.on(at)
        return dataclasses.replace(self.forgotten(), card=self.card, place=self.place).on(at, person=person)

    def told_status(self, status: PersonStatus, at: datetime) -> Journey:
        """Central's word: none or unknown goes on, an existing dossier ends here, politely and without data."""
        self.expect(Step.STATUS)
        if status in {PersonStatus.ACTIVE, PersonStatus.CLOSED}:
            return self.ended(Step.EXISTING, at, status=status)
        return self.on(at, status=status)

    def read_notice(self, text: Text, at: datetime) -> Journey:
        """The notice was gone through to its end."""
        self.expect(Step.NOTICE)
        return self.on(at, notice=text.shown(self.shown_at, at))

    def answer(self, text: Text, *, accepted: bool, at: datetime) -> Journey:
        """The answer to the question now shown; "no" to the creation ends the journey, honoured and without data."""
        question = QUESTION_OF.get(self.step)
        if question is None:
            raise StepError("no question is shown")
        if question is Question.CREATION and not accepted:
            return self.ended(Step.REFUSED, at)
        answer = Answer(
            question=question,
            accepted=accepted,
            shown=text.shown(self.shown_at, at),
            answered_ms=milliseconds(at),
        )
        others = tuple(given for given in self.answers if given.question is not question)
        return self.on(at, answers=(*others, answer), **_UNSAID)

    def give_contact(self, email: str, mobile: str, at: datetime) -> Journey:
        """The ways to reach the person, unproved; both fields empty is a complaint, not an answer."""
        self.expect(Step.CONTACT)
        if not email.strip() and not mobile.strip():
            return self.complaining("contact_empty")
        try:
            contact = read_contact(email, mobile)
        except ContactError as error:
            return self.complaining(error.code, typed={"email": email[:254], "mobile": mobile[:24]})
        return self.on(at, contact=contact, wants_slip=None, **_UNSAID)

    def give_no_contact(self, at: datetime) -> Journey:
        """The person gives neither e-mail nor mobile: no web account, slip B is offered."""
        self.expect(Step.CONTACT)
        return self.on(at, contact=Contact(), wants_slip=None, **_UNSAID)

    def choose_slip(self, *, wanted: bool, at: datetime) -> Journey:
        """Whether somebody without contact wants the activation slip all the same."""
        self.expect(Step.SLIP_OFFER)
        return self.on(at, wants_slip=wanted, **_UNSAID)

    def agree_summary(self, at: datetime) -> Journey:
        """The person looked at their answers and found them right."""
        self.expect(Step.SUMMARY)
        return self.on(at, summary_agreed=True)

    def attested(self, check: IdentityCheck, at: datetime) -> Journey:
        """The operator attests who the person is."""
        self.expect(Step.IDENTITY)
        return self.on(at, identity=check)

    def edit(self, step: Step, at: datetime) -> Journey:
        """Go to an earlier asked step from where all answers are listed."""
        if self.step not in {Step.SUMMARY, Step.IDENTITY, Step.CONFIRM} or step not in EDITABLE:
            raise StepError("nothing to edit here")
        return self.to(step, at)

    def back(self, at: datetime) -> Journey:
        """The asked screen before this one.

        Raises:
            StepError: there is none.
        """
        before = step_back(self.kind, self.step, frozenset({Step.SLIP_OFFER}) if self.reachable_by_web else frozenset())
        if before is None:
            raise StepError("there is no way back from here")
        return self.to(before, at)

    def confirmed(self, at: datetime) -> Journey:
        """On to commit and paper, only when nothing is missing: the guard of invariant 4 on this side.

        Raises:
            StepError: something was not asked, answered or attested.
        """
        self.expect(Step.CONFIRM)
        if first_open(self.kind, self.answered) is not PATHS[self.kind][-1]:
            raise StepError("something is still missing")
        return self.to(Step.PRINTING, at)

    def expect(self, step: Step) -> None:
        """Return when this is the screen now shown; a StepError otherwise."""
        if self.step is not step:
            raise StepError(f"{step.value} is not the step now shown")

    def forgotten(self) -> Journey:
        """The same visit and screen with nothing personal left."""
        return Journey(self.kind, self.visit, self.step, self.shown_at, insertion=self.insertion)

    def ended(self, step: Step, at: datetime, **changes: Any) -> Journey:
        """The end of this visit on ``step``: only what ``changes`` names is kept, and none of that is personal."""
        if not may_move(self.kind, self.step, step, self.answered):
            raise StepError(f"no way from {self.step.value} to {step.value} now")
        return dataclasses.replace(self.forgotten(), step=step, shown_at=at, **changes)


EDITABLE = frozenset({Step.CONSENT, Step.BREAK_GLASS, Step.CENTRE_15, Step.CONTACT})
_UNSAID: dict[str, Any] = {"summary_agreed": False, "identity": None}
