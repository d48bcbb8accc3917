"""One person's way through the screens, as a frozen value: every touch makes a new one, or raises StepError.

Pure: times come in as arguments, nothing is read or written. What a touch means stands in :mod:`.admission` (who and
what for), :mod:`.company` (who stands beside), :mod:`.consents` (notice and questions) and :mod:`.reach` (contact).
Changing the person, an answer or the contact throws away the summary's and the operator's yes, because those were said
of something else. Ending keeps nothing personal.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kiosk.enrolment.course import MINORS, Aim, Party, aims_offered, obvious_aim, path
from kiosk.enrolment.errors import StepError
from kiosk.enrolment.faults import Fault
from kiosk.enrolment.holder import CardContents, CardHolder
from kiosk.enrolment.place import Operator, TerminalPlace
from kiosk.enrolment.ports import PrinterState, PrintResult
from kiosk.enrolment.reissue import MOST_NEW_CODES
from kiosk.enrolment.slip import SlipKind
from kiosk.enrolment.steps import QUESTION_OF, JourneyKind, Path, Step, first_open, may_move, progress, step_back
from wire.configuration import Regime
from wire.evidence import AlertWish, Answer, Contact, IdentityCheck, NamedPerson, Question, TextShown
from wire.proofs import ContactKind
from wire.status import PersonStatus


@dataclass(frozen=True, slots=True)
class SlipProgress:
    """One slip on its way to the paper; ``state`` is a word of the journal, or ``waiting``.

    ``is_void``: the slip bears a code, may be on paper, and is not surely whole: no copy of it is printed any more.
    """

    kind: SlipKind
    copy_number: int
    state: str
    printer: PrinterState | None = None
    is_void: bool = False

    @property
    def is_missing(self) -> bool:
        """Whether the printer did not say that it is on paper, whole."""
        return self.state in _MISSING


@dataclass(frozen=True, slots=True, repr=False)
class Company:
    """Who stands beside the holder, as far as it was said. ``is_elsewhere``: not on the card, named by hand."""

    is_elsewhere: bool = False
    representative: NamedPerson | None = None
    quality: str | None = None
    own_contact: Contact | None = None
    other_parent: NamedPerson | None = None
    is_other_parent_asked: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class Proving:
    """The one-time code now under way; ``proof`` is there once central has sent it, ``is_busy`` while it is asked."""

    contact: ContactKind
    proof: bytes | None = None
    is_busy: bool = True


@dataclass(frozen=True, slots=True, repr=False)
class Journey:
    """Where one person is. ``visit`` tells it from the one before and the one after.

    ``shown_at`` is when the present screen came up. ``complaint`` is the code of what was wrong with the last touch;
    ``typed`` is what stood in the fields, so that nothing typed is lost. ``has_number`` is False for a child who has
    no number of their own. ``preparer`` attested; somebody else must then confirm. ``ended_by`` is the question whose
    "no" ended the visit. ``new_codes`` were made in this visit in place of void slips.
    """

    kind: JourneyKind
    visit: int
    step: Step
    shown_at: datetime
    insertion: int | None = None
    place: TerminalPlace | None = None
    card: CardContents | None = None
    person: CardHolder | None = None
    party: Party = Party.SELF
    has_number: bool = True
    company: Company = field(default_factory=Company)
    status: PersonStatus | None = None
    copies: int = 0
    aim: Aim | None = None
    notice: TextShown | None = None
    minor_notice: TextShown | None = None
    answers: tuple[Answer, ...] = ()
    contact: Contact | None = None
    proving: Proving | None = None
    proofs_settled: frozenset[ContactKind] = frozenset()
    alerts: AlertWish | None = None
    wants_slip: bool | None = None
    summary_agreed: bool = False
    identity: IdentityCheck | None = None
    preparer: Operator | None = None
    fault: Fault | None = None
    fault_code: str | None = None
    ended_by: Question | None = None
    slips: tuple[SlipProgress, ...] = ()
    new_codes: int = 0
    complaint: str | None = None
    complaint_until: datetime | None = None
    typed: dict[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"Journey(visit {self.visit}, {self.step.value})"

    # What was said so far

    def answer_to(self, question: Question) -> bool | None:
        """What the person touched, None when not asked yet."""
        return next((answer.accepted for answer in self.answers if answer.question is question), None)

    @property
    def regime(self) -> Regime:
        """Under which law this terminal opens dossiers."""
        return Regime.OPT_IN if self.place is None else self.place.regime

    @property
    def aims(self) -> tuple[Aim, ...]:
        """What this person may ask for, once central was asked."""
        return () if self.status is None else aims_offered(self.status, self.regime, has_number=self.has_number)

    @property
    def reachable_by_web(self) -> bool:
        """Whether a web account comes with the dossier: an e-mail or a mobile was given (EX_1.X-1300)."""
        return self.contact is not None and (self.contact.email is not None or self.contact.mobile is not None)

    @property
    def to_be_proved(self) -> tuple[ContactKind, ...]:
        """The contacts for which a one-time code is still to be asked; none while central cannot be reached."""
        if self.contact is None or self.place is None or not self.place.proves_contacts or self._is_offline:
            return ()
        given = {ContactKind.MOBILE: self.contact.mobile, ContactKind.EMAIL: self.contact.email}
        return tuple(kind for kind, value in given.items() if value is not None and kind not in self.proofs_settled)

    @property
    def activation_slip(self) -> bool:
        """Whether slip B is printed: with a contact always, without one when the person wants it."""
        if not self.has_number:
            return False
        if self.aim in {Aim.OPENING, Aim.REACTIVATION}:
            return self.reachable_by_web or self.wants_slip is True
        return self.aim is Aim.NEW_CODE

    @property
    def leaflet(self) -> bool:
        """Whether the minor is given the leaflet on their secret (dmp.md §16 M8): where there is a notice."""
        return self.party in MINORS and self.notice is not None

    @property
    def to_print_again(self) -> frozenset[SlipKind]:
        """The slips that did not surely come out; a void one only while this visit may make another code."""
        may_renew = self.new_codes < MOST_NEW_CODES
        return frozenset(slip.kind for slip in self.slips if slip.is_missing and (may_renew or not slip.is_void))

    # Where they are

    @property
    def path(self) -> Path:
        """The steps of this visit's course."""
        return path(self.kind, self.party, self.aim)

    @property
    def unasked(self) -> frozenset[Step]:
        """Steps of the path that this person is not asked: they count as answered, and back passes over them."""
        skipped = {
            Step.REPRESENTATIVE_NAME: not self.company.is_elsewhere,
            Step.STATUS: not self.has_number,
            Step.AIM: self.status is not PersonStatus.UNKNOWN and self._obvious_aim is not None,
            Step.PROOF: not self.to_be_proved,
            Step.ALERTS: not self.reachable_by_web,
            Step.SLIP_OFFER: self.reachable_by_web or not self.has_number,
        }
        return frozenset(step for step, is_skipped in skipped.items() if is_skipped)

    @property
    def answered(self) -> frozenset[Step]:
        """The steps of the path that need not be asked again."""
        company = self.company
        done = {
            Step.WHO: self.person is not None,
            Step.PROTECTION: self.party is not Party.PROTECTED,
            Step.REPRESENTATIVE: company.is_elsewhere or company.representative is not None,
            Step.REPRESENTATIVE_NAME: company.representative is not None,
            Step.QUALITY: company.quality is not None,
            Step.STATUS: self.status is not None,
            Step.AIM: self.aim is not None,
            Step.NOTICE: self.notice is not None,
            Step.MINOR_NOTICE: self.minor_notice is not None,
            Step.CONTACT: self.contact is not None,
            Step.PROOF: not self.to_be_proved,
            Step.ALERTS: self.alerts is not None or not self.reachable_by_web,
            Step.OWN_CONTACT: company.own_contact is not None,
            Step.OTHER_PARENT: company.is_other_parent_asked,
            Step.SLIP_OFFER: self.reachable_by_web or not self.has_number or self.wants_slip is not None,
            Step.SUMMARY: self.summary_agreed,
            Step.IDENTITY: self.identity is not None,
            **{step: self.answer_to(question) is not None for step, question in QUESTION_OF.items()},
        }
        return frozenset(step for step, is_done in done.items() if is_done)

    @property
    def editable(self) -> tuple[Step, ...]:
        """The steps whose answers may be changed from where all answers are listed, in their order."""
        return tuple(step for step in self.path if step in _EDITABLE and step not in self.unasked)

    @property
    def how_far(self) -> tuple[int, int] | None:
        """How far the person is (from 1) and of how many; None off the path."""
        return progress(self.path, self.step, self.unasked)

    @property
    def before(self) -> Step | None:
        """The asked screen before this one, None where there is none."""
        return step_back(self.path, self.step, self.unasked)

    # Moves

    def to(self, step: Step, at: datetime, **changes: Any) -> Journey:
        """The journey on another screen.

        Raises:
            StepError: the machine has no such move now.
        """
        changed = dataclasses.replace(self, complaint=None, complaint_until=None, typed={}, **changes)
        if not may_move(changed.path, self.step, step, changed.answered):
            raise StepError(f"no way from {self.step.value} to {step.value} now")
        return dataclasses.replace(changed, step=step, shown_at=at)

    def on(self, at: datetime, **changes: Any) -> Journey:
        """The journey on the first screen that is still open."""
        changed = dataclasses.replace(self, **changes)
        return self.to(first_open(changed.path, changed.answered), at, **changes)

    def complaining(self, code: str, *, typed: dict[str, str] | None = None, until: datetime | None = None) -> Journey:
        """The same screen with a word on what was wrong, and what had been typed."""
        return dataclasses.replace(self, complaint=code, complaint_until=until, typed=typed or {})

    def edit(self, step: Step, at: datetime) -> Journey:
        """Go to an earlier asked step from where all answers are listed."""
        if self.step not in {Step.SUMMARY, Step.IDENTITY, Step.CONFIRM} or step not in self.editable:
            raise StepError("nothing to edit here")
        return self.to(step, at)

    def back(self, at: datetime) -> Journey:
        """The asked screen before this one.

        Raises:
            StepError: there is none.
        """
        if self.before is None:
            raise StepError("there is no way back from here")
        return self.to(self.before, at)

    def agree_summary(self, at: datetime) -> Journey:
        """The person looked at their answers and found them right."""
        self.expect(Step.SUMMARY)
        return self.on(at, summary_agreed=True)

    def attested(self, check: IdentityCheck, at: datetime, *, preparer: Operator | None = None) -> Journey:
        """The operator attests who the person is; a preparer's word waits for the confirmation of another."""
        self.expect(Step.IDENTITY)
        return self.on(at, identity=check, preparer=preparer)

    def confirmed(self, at: datetime) -> Journey:
        """On to commit and paper, only when nothing is missing: the guard of invariant 4 on this side.

        Raises:
            StepError: something was not asked, answered or attested.
        """
        self.expect(Step.CONFIRM)
        if first_open(self.path, self.answered) is not Step.CONFIRM:
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
        if not may_move(self.path, self.step, step, self.answered):
            raise StepError(f"no way from {self.step.value} to {step.value} now")
        return dataclasses.replace(self.forgotten(), step=step, shown_at=at, **changes)

    @property
    def _is_offline(self) -> bool:
        return self.has_number and self.status is PersonStatus.UNKNOWN

    @property
    def _obvious_aim(self) -> Aim | None:
        return None if self.status is None else obvious_aim(self.status, self.regime, has_number=self.has_number)


_MISSING = frozenset({PrintResult.FAILED.value, PrintResult.UNKNOWN.value})
_EDITABLE = frozenset(QUESTION_OF) - {Step.DECLARATION} | {Step.CONTACT, Step.ALERTS, Step.OWN_CONTACT}
UNSAID: dict[str, Any] = {"summary_agreed": False, "identity": None, "preparer": None}
"""What a changed answer unsays."""
