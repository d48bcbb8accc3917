"""What is on the terminal's screen now, behind one lock: the journey, who is signed in, the card in the slot.

The session's parts (touches, watch, hand-over of paper) share one stage and change it only through these methods, so
that "wipe" means the same everywhere. Callers hold ``lock``; it is re-entrant.
"""

from __future__ import annotations

import contextlib
import dataclasses
import logging
import threading
from collections.abc import Callable, Iterator
from datetime import datetime

from kiosk.enrolment.attendance import Attendance
from kiosk.enrolment.card_watch import IN_SLOT
from kiosk.enrolment.collaborators import Collaborators
from kiosk.enrolment.comfort import Comfort
from kiosk.enrolment.course import Aim
from kiosk.enrolment.errors import StepError
from kiosk.enrolment.faults import Fault
from kiosk.enrolment.journey import Journey, SlipProgress
from kiosk.enrolment.languages import Languages
from kiosk.enrolment.pairing import Pairing
from kiosk.enrolment.place import TerminalPlace
from kiosk.enrolment.ports import CardPresence, ReaderState
from kiosk.enrolment.readiness import Observation
from kiosk.enrolment.rules import day_began
from kiosk.enrolment.screen import Touch
from kiosk.enrolment.sides import may_leave, may_touch
from kiosk.enrolment.steps import JourneyKind, Step, kind_of
from kiosk.enrolment.texts import FRENCH, Texts
from wire.identifiers import milliseconds

_log = logging.getLogger(__name__)


# A card that comes in here is that of whoever chose language and text size before.
_SAME_PERSON = frozenset({Step.ATTRACT, Step.STOPPED})


class Stage:
    """The present state. ``journey`` is replaced, never changed; ``revision`` counts what must be drawn."""

    def __init__(self, collaborators: Collaborators, languages: Languages) -> None:
        self.tools = collaborators
        self.languages = languages
        self.lock = threading.RLock()
        self.attendance = Attendance()
        self.pairing = Pairing(collaborators.make_pairing_code)
        self.place: TerminalPlace | None = None
        self.presence = CardPresence(ReaderState.EMPTY, 0)
        self.handled: int | None = None  # the insertion already dealt with
        self.touched_at = collaborators.monotonic()
        self.warning = False
        self.seen: Observation | None = None  # the machine, when it was last looked at
        self.faults: tuple[Fault, ...] = ()
        # A page of the process before must never show the number of a screen of this one.
        self.revision = milliseconds(collaborators.clock())
        self.menu_open = False  # the comfort menu lies over the screen
        self.comfort = Comfort()
        self.journey = Journey(JourneyKind.HALL, 0, Step.ATTRACT, self.now())

    def now(self) -> datetime:
        """Aware UTC."""
        return self.tools.clock()

    def midnight(self) -> datetime:
        """When the calendar day in France began, aware UTC."""
        return day_began(self.now())

    @property
    def must_sign_in(self) -> bool:
        """Whether this is a counter at which nobody is signed in."""
        return self._kind() is JourneyKind.COUNTER and self.attendance.operator is None

    @contextlib.contextmanager
    def touched(self, touch: Touch, *steps: Step, is_way_out: bool = False) -> Iterator[None]:
        """Hold the lock for one touch; ``is_way_out``: it answers nothing, the operator may always make it.

        Raises:
            StepError: the touch was made on another visit or screen than the one now shown, does not belong there, or
                comes from the side that does not answer it.
        """
        with self.lock:
            journey = self.journey
            if touch.visit != journey.visit or touch.step is not journey.step or (steps and touch.step not in steps):
                raise StepError("this screen is no longer shown")
            allowed = may_leave if is_way_out else may_touch
            if not allowed(touch.side, touch.step, is_paired=self.pairing.is_paired):
                raise StepError("this screen is answered on the other side")
            self.stay()
            yield

    def sign_out(self) -> None:
        """End the counter session, and with it the person's own screen."""
        self.attendance.sign_out()
        self.pairing.unpair()
        self.redraw()

    def stay(self) -> None:
        """Somebody is there."""
        self.attendance.seen(self.tools.monotonic())
        self._restart_silence()

    @property
    def offered_languages(self) -> tuple[str, ...]:
        """The languages of this terminal, in their order; the first is the one it wakes up in."""
        told = self.place.languages if self.place is not None else tuple(self.languages)
        return tuple(code for code in told if code in self.languages) or (FRENCH,)

    @property
    def texts(self) -> Texts:
        """The words in the language now chosen."""
        return self.languages[self.comfort.language]

    @property
    def operator_texts(self) -> Texts:
        """The words in the language of those who work here: what an agent or pharmacist attests is in theirs."""
        return self.languages[self.offered_languages[0]]

    @property
    def paper_texts(self) -> Texts:
        """The words on paper: in the language now chosen, or the one its paper is printed in."""
        return self.languages.get(self.texts.language.slips, self.texts)

    def choose_comfort(self, field: str, value: str) -> None:
        """Change one thing of the comfort, or open and close its menu (``menu`` = open|closed); the step stays.

        Another language begins the present screen's time anew: the evidence says how long a text stood there in the
        language it was answered in.

        Raises:
            StepError: not a thing or a value of the menu.
        """
        if field == "menu":
            self._show_menu(is_open=value == "open")
            return
        chosen = self.comfort.with_choice(field, value, self.offered_languages)
        if chosen.language != self.comfort.language:
            self.journey = dataclasses.replace(self.journey, shown_at=self.now())
        if chosen != self.comfort:
            self.comfort = chosen
            self.revision += 1

    def standard_comfort(self) -> None:
        """The screen as the next person should find it."""
        self._show_menu(is_open=False)
        standard = Comfort(language=self.offered_languages[0])
        if standard != self.comfort:
            self.comfort = standard
            self.revision += 1

    def _show_menu(self, *, is_open: bool) -> None:
        if is_open != self.menu_open:
            self.menu_open = is_open
            self.revision += 1

    def put(self, journey: Journey) -> None:
        """Show this journey."""
        if journey != self.journey:
            self.journey = journey
            self.revision += 1

    def begin_visit(self) -> None:
        """A new card: a new visit that knows nothing of the last."""
        if self.journey.step not in _SAME_PERSON:
            self.standard_comfort()
        self.handled = self.presence.insertion
        self._new_visit(Step.READING, insertion=self.handled, place=self.place)

    def end_visit(self, step: Step, *, slips: tuple[SlipProgress, ...] = (), aim: Aim | None = None) -> None:
        """Wipe, and show a last screen that holds nothing of the person but what they came for."""
        self._new_visit(step, slips=slips, aim=aim)

    def stop(self, fault: Fault, code: str | None = None) -> None:
        """Wipe, and say why."""
        self._new_visit(Step.STOPPED, fault=fault, fault_code=code)

    def out_of_service(self, fault: Fault, code: str | None = None) -> None:
        """Wipe, and close the terminal until it may enrol again; nothing changes when it is closed for that already."""
        shown = self.journey
        if (shown.step, shown.fault, shown.fault_code) != (Step.OUT_OF_SERVICE, fault, code):
            self._new_visit(Step.OUT_OF_SERVICE, fault=fault, fault_code=code)

    def redraw(self) -> None:
        """Something that is shown beside the journey has changed."""
        self.revision += 1

    def fail(self, visit: int, fault: Fault, code: str | None = None) -> None:
        """What a worker calls: stop that visit, if it is still the one shown."""
        with self.lock:
            if self.journey.visit == visit:
                self.stop(fault, code)

    def go_home(self) -> None:
        """Wipe, and wait for the next person: the card of the last one must be out first."""
        if self.must_sign_in:
            self.end_visit(Step.SIGN_IN)
        elif self.presence.state in IN_SLOT and self.presence.insertion == self.handled:
            self.end_visit(Step.TAKE_CARD)
        else:
            self.end_visit(Step.ATTRACT)
        if self.journey.step is not Step.TAKE_CARD:
            self.standard_comfort()

    def aside(self, job: Callable[[], None]) -> None:
        """Run slow work of this visit beside the screens; a mistake of ours in it stops the visit, visibly."""
        visit = self.journey.visit

        def guarded() -> None:
            try:
                job()
            except Exception as error:  # noqa: BLE001 - a worker that dies in silence leaves a person before a wheel
                _log.error("worker failed: %s", type(error).__name__)  # no traceback: it may hold a person
                self.fail(visit, Fault.INTERNAL)

        self.tools.run_aside(guarded)

    def _new_visit(
        self,
        step: Step,
        *,
        insertion: int | None = None,
        place: TerminalPlace | None = None,
        fault: Fault | None = None,
        fault_code: str | None = None,
        slips: tuple[SlipProgress, ...] = (),
        aim: Aim | None = None,
    ) -> None:
        self._restart_silence()
        self.put(
            Journey(
                self._kind(),
                self.journey.visit + 1,
                step,
                self.now(),
                insertion=insertion,
                place=place,
                fault=fault,
                fault_code=fault_code,
                slips=slips,
                aim=aim,
            )
        )

    def _kind(self) -> JourneyKind:
        if self.place is not None:
            return kind_of(self.place.sub_channel)
        told = self.tools.whereabouts.sub_channel()  # closed since the start, but perhaps it knows where it stands
        return self.journey.kind if told is None else kind_of(told)

    def _restart_silence(self) -> None:
        self.touched_at = self.tools.monotonic()
        self.warning = False
