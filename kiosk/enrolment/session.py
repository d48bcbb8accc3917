"""The one session of a terminal: every touch of its screens, one person at a time.

Threads: the views' (touches and pictures), a heartbeat's (:meth:`EnrolmentSession.tick`) and workers' (card, central,
commit and paper). One lock guards the stage; slow ports are called outside it, and what a worker brings back is
dropped when the visit it belongs to is over. Every touch names the screen it was made on; an old one raises StepError
and changes nothing. Nothing personal is referred to after a wipe (what Python's memory may keep until it is reused,
invariant 3 of design.md says).
"""

from __future__ import annotations

import contextlib

from kiosk.enrolment.collaborators import Collaborators
from kiosk.enrolment.errors import OperatorLockedError, StepError, StoreError
from kiosk.enrolment.evidence import METHODS, ROLE_THAT_ATTESTS, attestation, identity_check, refusal
from kiosk.enrolment.handing_out import HandingOut
from kiosk.enrolment.languages import Languages
from kiosk.enrolment.ports import Operator
from kiosk.enrolment.screen import Screen, Touch
from kiosk.enrolment.stage import Stage
from kiosk.enrolment.steps import PERSONAL, QUESTION_OF, RESTING, Step
from kiosk.enrolment.texts import Language, Texts
from kiosk.enrolment.watch import Watch
from wire.nir import Nir

__all__ = ["Collaborators", "EnrolmentSession", "Screen", "Touch"]


class EnrolmentSession:
    """All that happens on one terminal's screens.

    ``tick`` must be called a few times a second for as long as the terminal runs (:mod:`kiosk.enrolment.heartbeat`).
    Every method that takes a :class:`Touch` raises StepError when the touch is not of the screen now shown.
    """

    def __init__(self, collaborators: Collaborators, languages: Languages) -> None:
        self._stage = Stage(collaborators, languages)
        self._watch = Watch(self._stage)
        self._handing_out = HandingOut(self._stage)

    @property
    def texts(self) -> Texts:
        """The words in the language now chosen."""
        return self._stage.texts

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
            )

    def tick(self) -> None:
        """One beat: card, silence, readiness."""
        self._watch.tick()
        self._handing_out.forget_if_left()

    def stay(self) -> None:
        """Somebody is there: a scroll, a key or "more time"."""
        with self._stage.lock:
            self._stage.stay()

    def choose_comfort(self, field: str, value: str) -> None:
        """K0: language, contrast, text size, reach, voice, calm, time, keys; on any screen, also from an old page.

        Raises:
            StepError: not a thing or a value of the menu.
        """
        with self._stage.lock:
            self._stage.choose_comfort(field, value)
            self._stage.stay()

    # The counter's operator

    def sign_in(self, touch: Touch, pin: str) -> None:
        """P1: the pharmacist's PIN begins a counter session."""
        stage = self._stage
        with stage.touched(touch, Step.SIGN_IN):
            operator = self._operator_of(pin)
            if operator is not None:
                stage.attendance.sign_in(operator, stage.tools.monotonic())
                stage.go_home()

    def sign_out(self, touch: Touch) -> None:
        """End the counter session; a journey that is under way is wiped with it."""
        stage = self._stage
        with stage.touched(touch, *(PERSONAL | RESTING)):
            if stage.attendance.operator is None:
                raise StepError("nobody to sign out here")
            stage.attendance.sign_out()
            stage.go_home()

    # The journey, in the order of its screens

    def choose_person(self, touch: Touch, position: int) -> None:
        """K3: whose dossier; then central is asked whether there is one."""
        stage = self._stage
        with stage.touched(touch, Step.WHO):
            stage.put(stage.journey.choose(position, stage.now()))
            person = stage.journey.person
            if stage.journey.step is Step.STATUS and person is not None and person.nir is not None:
                self._ask_status(person.nir)

    def notice_read(self, touch: Touch, *, to_the_end: bool) -> None:
        """K5, P4: the notice was gone through; how long it stood there is counted here, not by the browser."""
        stage = self._stage
        with stage.touched(touch, Step.NOTICE):
            read = stage.journey.read_notice(self.texts.notice, stage.now()) if to_the_end else None
            stage.put(read or stage.journey.complaining("notice_unread"))

    def answer(self, touch: Touch, *, accepted: bool) -> None:
        """K6 to K8: yes or no to the question now shown. "No" to the creation is kept as an anonymous refusal."""
        stage = self._stage
        with stage.touched(touch, *QUESTION_OF):
            text = self.texts.asked(QUESTION_OF[touch.step])
            stage.put(stage.journey.answer(text, accepted=accepted, at=stage.now()))
            if stage.journey.step is Step.REFUSED:
                # A full disk loses one count; the person's "no" stands all the same and needs no excuse.
                with contextlib.suppress(StoreError):
                    stage.tools.store.add(refusal(stage.now()))

    def give_contact(self, touch: Touch, email: str, mobile: str) -> None:
        """K9: e-mail, mobile or both, unproved."""
        with self._stage.touched(touch, Step.CONTACT):
            self._stage.put(self._stage.journey.give_contact(email, mobile, self._stage.now()))

    def give_no_contact(self, touch: Touch) -> None:
        """K9: neither."""
        with self._stage.touched(touch, Step.CONTACT):
            self._stage.put(self._stage.journey.give_no_contact(self._stage.now()))

    def choose_slip(self, touch: Touch, *, wanted: bool) -> None:
        """Whether somebody without contact wants the activation slip."""
        with self._stage.touched(touch, Step.SLIP_OFFER):
            self._stage.put(self._stage.journey.choose_slip(wanted=wanted, at=self._stage.now()))

    def agree_summary(self, touch: Touch) -> None:
        """K13: the answers are right."""
        with self._stage.touched(touch, Step.SUMMARY):
            self._stage.put(self._stage.journey.agree_summary(self._stage.now()))

    def edit(self, touch: Touch, step: Step) -> None:
        """Change an earlier answer."""
        with self._stage.touched(touch):
            self._stage.put(self._stage.journey.edit(step, self._stage.now()))

    def attest(self, touch: Touch, *, pin: str, method: str, statement: bool) -> None:
        """K14, P5, P9: the operator's boxes, what was compared, and the PIN. No setting goes around this."""
        stage = self._stage
        with stage.touched(touch, Step.IDENTITY):
            journey = stage.journey
            chosen = next((one for one in METHODS[journey.kind] if one.value == method), None)
            if not statement:
                stage.put(journey.complaining("statement_missing", typed={"method": method}))
                return
            if chosen is None:
                stage.put(journey.complaining("method_missing", typed={"statement": "1"}))
                return
            operator = self._operator_of(pin, method=method, statement="1")
            if operator is not None:
                words = attestation(self.texts, journey.kind)
                check = identity_check(operator, chosen, words, journey.shown_at, stage.now())
                stage.put(journey.attested(check, stage.now()))

    def confirm(self, touch: Touch) -> None:
        """K15, P10: make the record durable, then print. Returns at once."""
        with self._stage.touched(touch, Step.CONFIRM):
            self._handing_out.confirm()

    def print_again(self, touch: Touch) -> None:
        """Print what did not come out once more."""
        with self._stage.touched(touch, Step.PAPER):
            self._handing_out.print_again()

    def paper_settled(self, touch: Touch) -> None:
        """The person has the slips, or goes without."""
        with self._stage.touched(touch, Step.PAPER):
            self._handing_out.settle()

    # Ways out

    def go_back(self, touch: Touch) -> None:
        """The screen before."""
        with self._stage.touched(touch):
            self._stage.put(self._stage.journey.back(self._stage.now()))

    def leave(self, touch: Touch) -> None:
        """Stop here: everything is wiped. Also ends the last screens early."""
        with self._stage.touched(touch, *(PERSONAL | RESTING)):
            self._stage.go_home()

    def start_again(self, touch: Touch) -> None:
        """Read the card that is still in the slot once more."""
        with self._stage.touched(touch, Step.TAKE_CARD, Step.STOPPED):
            self._stage.handled = None
            self._watch.look_at_card()

    # Inside

    def _ask_status(self, nir: Nir) -> None:
        stage = self._stage
        visit = stage.journey.visit

        def job() -> None:
            status = stage.tools.desk.status_of(nir).status
            with stage.lock:
                if stage.journey.visit == visit and stage.journey.step is Step.STATUS:
                    stage.put(stage.journey.told_status(status, stage.now()))

        stage.aside(job)

    def _operator_of(self, pin: str, **typed: str) -> Operator | None:
        """Who may attest here by that PIN; None after saying on the screen why not."""
        stage = self._stage
        try:
            operator = stage.tools.operators.verify(pin)
        except OperatorLockedError as error:
            stage.put(stage.journey.complaining("pin_locked", until=error.until, typed=typed))
            return None
        signed_in = stage.attendance.operator
        if operator is None:
            complaint = "pin_wrong"
        elif operator.role is not ROLE_THAT_ATTESTS[stage.journey.kind]:
            complaint = "pin_role"
        elif signed_in is not None and operator.operator_id != signed_in.operator_id:
            complaint = "pin_other"
        else:
            return operator
        stage.put(stage.journey.complaining(complaint, typed=typed))
        return None
