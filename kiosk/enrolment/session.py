"""The one session of a terminal: every touch of its screens, one person at a time.

Threads: the views' (touches and pictures), a heartbeat's (:meth:`EnrolmentSession.tick`) and workers' (card, central,
commit and paper). One lock guards the stage; slow ports are called outside it, and what a worker brings back is
dropped when the visit it belongs to is over. Every touch names the screen it was made on; an old one raises StepError
and changes nothing. Nothing personal is referred to after a wipe (what Python's memory may keep until it is reused,
invariant 3 of design.md says).
"""

from __future__ import annotations

from kiosk.enrolment.accompanying import Accompanying
from kiosk.enrolment.admission import choose_aim, choose_person, only_person, reconsider, told_status
from kiosk.enrolment.attesting import Attesting
from kiosk.enrolment.collaborators import Collaborators
from kiosk.enrolment.consents import answer, read_notice
from kiosk.enrolment.course import Aim
from kiosk.enrolment.day import Day
from kiosk.enrolment.errors import StepError
from kiosk.enrolment.handing_out import HandingOut
from kiosk.enrolment.languages import Languages
from kiosk.enrolment.panel import Panel
from kiosk.enrolment.ports import Voice
from kiosk.enrolment.reaching import Reaching
from kiosk.enrolment.readiness_watch import ReadinessWatch
from kiosk.enrolment.scanning import Scanning
from kiosk.enrolment.screen import Screen, Touch
from kiosk.enrolment.second_screen import SecondScreen
from kiosk.enrolment.sides import PATIENTS_OWN, Side, may_go_back
from kiosk.enrolment.stage import Stage
from kiosk.enrolment.steps import ASKED, PERSONAL, QUESTION_OF, RESTING, Step
from kiosk.enrolment.texts import Language, Texts
from kiosk.enrolment.watch import Watch

__all__ = ["Collaborators", "EnrolmentSession", "Screen", "Touch"]


class EnrolmentSession:
    """All that happens on one terminal's screens.

    ``tick`` must be called a few times a second for as long as the terminal runs (:mod:`kiosk.enrolment.heartbeat`).
    Every method that takes a :class:`Touch` raises StepError when the touch is not of the screen now shown; so do
    those of its parts: ``attesting`` (operators), ``reaching`` (contact and codes), ``accompanying``, ``panel``,
    ``scanning``, ``second_screen`` (the person's own at a counter).
    """

    def __init__(self, collaborators: Collaborators, languages: Languages) -> None:
        self._stage = Stage(collaborators, languages)
        self._watch = Watch(self._stage, self._choose_only_person)
        self._handing_out = HandingOut(self._stage)
        self.attesting = Attesting(self._stage, self._handing_out)
        self.reaching = Reaching(self._stage)
        self.accompanying = Accompanying(self._stage)
        self.second_screen = SecondScreen(self._stage)
        self.scanning = Scanning(self._stage)
        self.day = Day(self._stage)
        self.readiness = ReadinessWatch(self._stage)
        self.panel = Panel(self._stage, self.readiness.look, self._watch.end_panel)

    @property
    def texts(self) -> Texts:
        """The words in the language now chosen."""
        return self._stage.texts

    @property
    def operator_texts(self) -> Texts:
        """The words in the language of those who work here."""
        return self._stage.operator_texts

    def texts_in(self, code: str) -> Texts:
        """The words of a language offered here; of those who work here when that is none."""
        stage = self._stage
        return stage.languages[code] if code in stage.offered_languages else stage.operator_texts

    @property
    def voice_offered(self) -> bool:
        """Whether this terminal can speak."""
        return self.voice.is_there

    @property
    def voice(self) -> Voice:
        """What speaks; it knows nothing of the session."""
        return self._stage.tools.voice

    @property
    def languages(self) -> tuple[Language, ...]:
        """The languages offered here, in their order."""
        stage = self._stage
        return tuple(stage.languages[code].language for code in stage.offered_languages)

    def screen(self) -> Screen:
        """The session as it is now."""
        stage = self._stage
        waiting = stage.tools.store.waiting()
        done_today = stage.tools.store.openings_since(stage.midnight())
        day = self.day.sheet()
        with stage.lock:
            return Screen(
                journey=stage.journey,
                revision=stage.revision,
                warning=stage.warning,
                terminal=stage.tools.whereabouts.terminal,
                place=stage.journey.place or stage.place,
                operator=stage.attendance.operator,
                waiting=waiting,
                done_today=done_today,
                comfort=stage.comfort,
                menu_open=stage.menu_open,
                faults=stage.faults,
                panel=self.panel.sheet() if stage.journey.step is Step.PANEL else None,
                day=day,
                pairing_code=stage.pairing.code,
                is_paired=stage.pairing.is_paired,
                has_card=stage.attendance.has_card,
            )

    def tick(self) -> None:
        """One beat: card, silence, readiness."""
        self._watch.tick()
        self._handing_out.forget_if_left()
        self.day.tick()

    def stay(self, side: Side = Side.OPERATOR) -> None:
        """Somebody is there: a scroll, a key or "more time".

        From the person's own screen it counts on their own steps alone: one that was carried away must keep neither
        the operator signed in nor a person's data on the operator's screen.
        """
        with self._stage.lock:
            if side is Side.OPERATOR or self._stage.journey.step in PATIENTS_OWN:
                self._stage.stay()

    def choose_comfort(self, field: str, value: str, side: Side = Side.OPERATOR) -> None:
        """K0: language, contrast, text size, reach, voice, calm, time, keys; on any screen, also from an old page.

        Raises:
            StepError: not a thing or a value of the menu; or the person has a screen of their own, and this is not it.
        """
        with self._stage.lock:
            if self._stage.pairing.is_paired is not (side is Side.PATIENT):
                raise StepError("the person's screen is another one")
            self._stage.choose_comfort(field, value)
            self.stay(side)

    # The journey, in the order of its screens

    def choose_person(self, touch: Touch, position: int, *, is_accompanied: bool = False) -> None:
        """K3, M2: whose dossier, and whether somebody stands beside an adult."""
        stage = self._stage
        with stage.touched(touch, Step.WHO):
            stage.put(choose_person(stage.journey, position, stage.now(), is_accompanied=is_accompanied))
            self._ask_status_if_shown()

    def choose_aim(self, touch: Touch, aim: Aim) -> None:
        """K4, P3: what the person came for, where there is a choice."""
        with self._stage.touched(touch, Step.AIM):
            self._stage.put(choose_aim(self._stage.journey, aim, self._stage.now()))

    def reconsider(self, touch: Touch) -> None:
        """Ask for something else than what seemed obvious."""
        with self._stage.touched(touch, *ASKED, is_way_out=True):
            if touch.side is not Side.OPERATOR:
                raise StepError("what the person came for is said at the counter")
            self._stage.put(reconsider(self._stage.journey, self._stage.now()))

    def notice_read(self, touch: Touch, *, to_the_end: bool) -> None:
        """K5, P4, M5: the notice was gone through; how long it stood there is counted here, not by the browser."""
        stage = self._stage
        with stage.touched(touch, Step.NOTICE, Step.MINOR_NOTICE):
            self._expect_words_of(touch)
            text = stage.texts.notice_for(stage.journey.party, is_own_page=touch.step is Step.MINOR_NOTICE)
            read = read_notice(stage.journey, text, stage.now()) if to_the_end else None
            stage.put(read or stage.journey.complaining("notice_unread"))

    def answer(self, touch: Touch, *, accepted: bool) -> None:
        """C1 to C12: yes or no to the question now shown. "No" to the creation is kept as an anonymous refusal."""
        stage = self._stage
        with stage.touched(touch, *QUESTION_OF):
            self._expect_words_of(touch)
            text = stage.texts.asked_of(QUESTION_OF[touch.step], stage.journey.party)
            stage.put(answer(stage.journey, text, accepted=accepted, at=stage.now()))
            if stage.journey.step is Step.REFUSED:
                self._handing_out.keep_refusal()
            self._ask_status_if_shown()

    def agree_summary(self, touch: Touch) -> None:
        """K13: the answers are right."""
        with self._stage.touched(touch, Step.SUMMARY):
            self._stage.put(self._stage.journey.agree_summary(self._stage.now()))

    def edit(self, touch: Touch, step: Step) -> None:
        """Change an earlier answer."""
        with self._stage.touched(touch):
            self._stage.put(self._stage.journey.edit(step, self._stage.now()))

    def print_again(self, touch: Touch) -> None:
        """Print what did not come out once more."""
        with self._stage.touched(touch, Step.PAPER):
            self._handing_out.print_again()

    def paper_settled(self, touch: Touch) -> None:
        """The person has the slips, or goes without."""
        with self._stage.touched(touch, Step.PAPER):
            self._handing_out.settle()

    def refusal_slip(self, touch: Touch) -> None:
        """After a "no": a slip that says how to change one's mind, for who wants one."""
        with self._stage.touched(touch, Step.REFUSED):
            self._handing_out.print_refusal_slip()

    # Ways out

    def go_back(self, touch: Touch) -> None:
        """The screen before."""
        with self._stage.touched(touch, is_way_out=True):
            if not may_go_back(touch.side, self._stage.journey.before):
                raise StepError("the screen before is the operator's")
            self._stage.put(self._stage.journey.back(self._stage.now()))

    def leave(self, touch: Touch) -> None:
        """Stop here: everything is wiped. Also ends the last screens early."""
        with self._stage.touched(touch, *(PERSONAL | RESTING), is_way_out=True):
            self._stage.go_home()

    def start_again(self, touch: Touch) -> None:
        """Read the card that is still in the slot once more."""
        with self._stage.touched(touch, Step.TAKE_CARD, Step.STOPPED):
            self._stage.handled = None
            self._watch.look_at_card()

    # Inside

    def _expect_words_of(self, touch: Touch) -> None:
        """The record says which words stood there: a page in the language before answers nothing."""
        if touch.language not in {None, self.texts.language.code}:
            raise StepError("this page is in another language than the one now chosen")

    def _choose_only_person(self) -> None:
        stage = self._stage
        position = only_person(stage.journey, stage.now())
        if position is not None:
            stage.put(choose_person(stage.journey, position, stage.now()))
            self._ask_status_if_shown()

    def _ask_status_if_shown(self) -> None:
        stage = self._stage
        person = stage.journey.person
        if stage.journey.step is not Step.STATUS or person is None or person.nir is None:
            return
        nir, visit = person.nir, stage.journey.visit

        def job() -> None:
            word = stage.tools.desk.status_of(nir)
            with stage.lock:
                if stage.journey.visit == visit and stage.journey.step is Step.STATUS:
                    stage.put(told_status(stage.journey, word, stage.now()))

        stage.aside(job)
