"""A session over fakes of every port, on a clock turned by hand; slow work runs at once, or when the test lets it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from kiosk.enrolment.company import SOMEBODY_ELSE, qualities
from kiosk.enrolment.holder import CardContents
from kiosk.enrolment.journey import Journey
from kiosk.enrolment.languages import load_languages
from kiosk.enrolment.ports import NoVoice, Voice
from kiosk.enrolment.session import Collaborators, EnrolmentSession, Touch
from kiosk.enrolment.sides import PATIENTS_OWN, Side
from kiosk.enrolment.steps import QUESTION_OF, JourneyKind, Step
from tests.fakes.apcv import FakeApCvDesk
from tests.fakes.card_slot import FakeCardReader, card
from tests.fakes.earnings import FakeEarningsDesk
from tests.fakes.kept_records import FakeRecordStore
from tests.fakes.machine import FakeUpkeep
from tests.fakes.operators import AGENT_PIN, PHARMACIST_PIN, FakeOperatorDirectory
from tests.fakes.paper import FakeSlipPrinter
from tests.fakes.place import FakeWhereabouts, counter, hall
from tests.fakes.professional_card import FakeProfessionalReader
from tests.fakes.programme import Programme
from tests.fakes.prover import FakeContactProver
from tests.fakes.slip_notes import FakeSlipJournal
from tests.fakes.status_word import FakeStatusDesk
from tests.fakes.terminal_rig import HandClock
from wire.evidence import AlertWish, Measure
from wire.failpoints import Failpoint

Job = Callable[[], None]


@dataclass
class EnrolmentRig:
    """``held`` collects slow work while ``is_slow``; ``work`` lets it happen. ``reached`` are the failpoints passed."""

    kind: JourneyKind = JourneyKind.HALL
    programme: Programme = field(default_factory=Programme)
    reader: FakeCardReader = field(default_factory=FakeCardReader)
    printer: FakeSlipPrinter = field(default_factory=FakeSlipPrinter)
    store: FakeRecordStore = field(default_factory=FakeRecordStore)
    journal: FakeSlipJournal = field(default_factory=FakeSlipJournal)
    desk: FakeStatusDesk = field(default_factory=FakeStatusDesk)
    prover: FakeContactProver = field(default_factory=FakeContactProver)
    earnings: FakeEarningsDesk = field(default_factory=FakeEarningsDesk)
    operators: FakeOperatorDirectory = field(default_factory=FakeOperatorDirectory)
    upkeep: FakeUpkeep = field(default_factory=FakeUpkeep)
    voice: Voice = field(default_factory=NoVoice)
    apcv: FakeApCvDesk = field(default_factory=FakeApCvDesk)
    scan_prefix: str = ""
    professional: FakeProfessionalReader = field(default_factory=FakeProfessionalReader)
    clock: HandClock = field(default_factory=HandClock)
    is_slow: bool = False
    held: list[Job] = field(default_factory=list)
    reached: list[Failpoint] = field(default_factory=list)
    position: int = 0  # whom a willing person chooses
    is_accompanied: bool = False
    wish: int = 0  # which of the aims offered
    pin_at_counter: str = PHARMACIST_PIN

    def __post_init__(self) -> None:
        self.prover.proofs.now = self.clock.now
        place = hall(self.programme) if self.kind is JourneyKind.HALL else counter(self.programme)
        self.whereabouts = FakeWhereabouts(place)
        self.session = self._session()

    def restart(self) -> None:
        """The same terminal after its program was started again."""
        self.session = self._session()

    def _session(self) -> EnrolmentSession:
        return EnrolmentSession(
            Collaborators(
                reader=self.reader,
                printer=self.printer,
                store=self.store,
                journal=self.journal,
                desk=self.desk,
                prover=self.prover,
                earnings=self.earnings,
                operators=self.operators,
                upkeep=self.upkeep.port,
                whereabouts=self.whereabouts,
                clock=self.clock.now,
                monotonic=self.clock.monotonic,
                reach=self.reached.append,
                run_aside=self._aside,
                voice=self.voice,
                professional=self.professional,
                apcv=self.apcv,
                scan_prefix=self.scan_prefix,
            ),
            load_languages(),
        )

    def _aside(self, job: Job) -> None:
        if self.is_slow:
            self.held.append(job)
        else:
            job()

    def work(self) -> None:
        while self.held:
            self.held.pop(0)()

    @property
    def journey(self) -> Journey:
        return self.session.screen().journey

    @property
    def step(self) -> Step:
        return self.journey.step

    def touch(self) -> Touch:
        """A touch on the screen now shown, by whoever answers it: the person on their own one where it is paired."""
        step = self.journey.step
        is_persons = self.session.second_screen.is_paired and step in PATIENTS_OWN
        return Touch(self.journey.visit, step, Side.PATIENT if is_persons else Side.OPERATOR)

    def wait(self, seconds: float) -> None:
        self.clock.forward(seconds)
        self.session.tick()

    def insert(self, contents: CardContents | None = None) -> None:
        self.reader.insert(contents or card())
        self.session.tick()

    def pull(self) -> None:
        self.reader.pull()
        self.session.tick()

    def go(self, to: Step, *, break_glass: bool = True, centre_15: bool = True, contact: bool = True) -> None:
        """Walk from a card in the slot to a screen, touching what a willing person touches."""
        if self.step is Step.SIGN_IN:
            self.session.attesting.sign_in(self.touch(), self.pin_at_counter)
        if self.step is Step.ATTRACT and to is not Step.ATTRACT:
            self.insert()
        moves = self._moves(break_glass, centre_15, contact)
        for _ in Step:
            if self.step is to:
                return
            moves[self.step]()
        assert self.step is to, self.step

    def _moves(self, break_glass: bool, centre_15: bool, contact: bool) -> dict[Step, Callable[[], None]]:
        """What a willing person touches on each screen."""
        session = self.session
        others = {Step.BREAK_GLASS: break_glass, Step.CENTRE_15: centre_15, Step.DELETE: False}
        answers: dict[Step, Callable[[], None]] = {
            step: partial(self._answer, others.get(step, True)) for step in QUESTION_OF
        }
        company, reaching = session.accompanying, session.reaching
        return {
            **answers,
            Step.WHO: lambda: session.choose_person(self.touch(), self.position, is_accompanied=self.is_accompanied),
            Step.PROTECTION: lambda: company.say_measure(self.touch(), Measure.REPRESENTATION),
            Step.REPRESENTATIVE: lambda: company.choose_representative(self.touch(), SOMEBODY_ELSE),
            Step.REPRESENTATIVE_NAME: lambda: company.name_representative(self.touch(), "MARTIN", "ALIX", "05/01/1960"),
            Step.QUALITY: lambda: company.say_quality(self.touch(), qualities(self.journey.party)[0]),
            Step.AIM: lambda: session.choose_aim(self.touch(), self.journey.aims[self.wish % len(self.journey.aims)]),
            Step.NOTICE: lambda: session.notice_read(self.touch(), to_the_end=True),
            Step.MINOR_NOTICE: lambda: session.notice_read(self.touch(), to_the_end=True),
            Step.CONTACT: lambda: (
                reaching.give_contact(self.touch(), "camille@exemple.fr", "06 12 34 56 78")
                if contact
                else reaching.give_no_contact(self.touch())
            ),
            Step.PROOF: lambda: reaching.leave_unproved(self.touch()),
            Step.ALERTS: lambda: reaching.wish_alerts(self.touch(), AlertWish.FIRST_ACCESS),
            Step.OWN_CONTACT: lambda: company.give_own_contact(self.touch(), "", ""),
            Step.OTHER_PARENT: lambda: company.name_other_parent(self.touch(), "", ""),
            Step.SLIP_OFFER: lambda: reaching.choose_slip(self.touch(), wanted=True),
            Step.SUMMARY: lambda: session.agree_summary(self.touch()),
            Step.IDENTITY: self.attest,
            Step.CONFIRM: lambda: session.attesting.confirm(self.touch()),
        }

    def _answer(self, accepted: bool) -> None:
        self.session.answer(self.touch(), accepted=accepted)

    def attest(self) -> None:
        pin = AGENT_PIN if self.kind is JourneyKind.HALL else PHARMACIST_PIN
        self.session.attesting.attest(self.touch(), pin=pin, method="identity_card", statement=True)
