"""The beat of the session: card in and out, silence, readiness of the terminal. Starts the reading of a card."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from kiosk.enrolment.card_watch import IN_SLOT, READER_FAULTS, CardEvent, card_event
from kiosk.enrolment.errors import CardError, NotReadyError
from kiosk.enrolment.faults import Fault, fault_of, fault_of_place
from kiosk.enrolment.holder import CardContents
from kiosk.enrolment.readiness import closing_fault
from kiosk.enrolment.rules import is_test_card_among_real_people
from kiosk.enrolment.silence import Silence, is_abandoned, judge
from kiosk.enrolment.stage import Stage
from kiosk.enrolment.steps import PANEL_STEPS, PERSONAL, RESTING, Step, kind_of

# A screen that is drawn anew loses the digits of a PIN.
_PIN_IS_TYPED = frozenset({Step.SIGN_IN, Step.PANEL_PIN, Step.CONFIRM})
_CLOSED_FROM = frozenset({Step.ATTRACT, Step.SIGN_IN, Step.OUT_OF_SERVICE})


class Watch:
    """Looks at the slot, the silence and the terminal's own state, and acts on the stage.

    ``on_read`` is called under the lock when a card's persons are on the screen.
    """

    def __init__(self, stage: Stage, on_read: Callable[[], None]) -> None:
        self._stage = stage
        self._on_read = on_read
        self.look_where_we_are()
        stage.standard_comfort()

    def tick(self) -> None:
        """One beat; the slot is asked outside the lock."""
        presence = self._stage.tools.reader.presence()
        has_card = self._stage.tools.professional.card() is not None
        with self._stage.lock:
            self._stage.presence = presence
            self._look_at_counter(has_card=has_card)
            if self._stage.journey.step in RESTING | {Step.SIGN_IN, Step.OUT_OF_SERVICE}:
                self.look_where_we_are()
            self.look_at_card()
            self._listen_to_silence()

    def look_at_card(self) -> None:
        """Act on what lies in the slot."""
        stage = self._stage
        match card_event(stage.journey.step, stage.journey.fault, stage.presence, stage.handled):
            case CardEvent.BEGIN | CardEvent.MUTE if not self._may_begin():
                pass  # the screen now says why
            case CardEvent.BEGIN:
                stage.begin_visit()
                self._read_card()
            case CardEvent.MUTE:
                stage.begin_visit()
                stage.stop(Fault.MUTE)
            case CardEvent.PULLED:
                stage.stop(Fault.PULLED)
            case CardEvent.READER_GONE:
                stage.stop(READER_FAULTS[stage.presence.state])
            case CardEvent.HOME:
                stage.go_home()
            case CardEvent.NOTHING:
                pass

    def look_where_we_are(self) -> None:
        """Follow documents and readiness while nobody is in the middle of something; the panel stays open over all."""
        stage = self._stage
        is_at_panel = stage.journey.step in PANEL_STEPS
        try:
            stage.place = stage.tools.whereabouts.current()
        except NotReadyError as error:
            if not is_at_panel:
                stage.out_of_service(fault_of_place(error.code), error.code)
            return
        if is_at_panel:
            return
        closing = closing_fault(stage.faults)
        if closing is not None and stage.journey.step in _CLOSED_FROM:
            stage.out_of_service(closing)
            return
        closed = stage.journey.step is Step.OUT_OF_SERVICE
        moved = stage.journey.kind is not kind_of(stage.place.sub_channel)
        signed_out = stage.must_sign_in and stage.journey.step is not Step.SIGN_IN
        if closed or moved or signed_out:
            stage.go_home()

    def end_panel(self) -> None:
        """From the agent's panel to the screen that waits, or to the one that says why nobody can begin."""
        self._stage.go_home()
        self.look_where_we_are()

    def _may_begin(self) -> bool:
        """Whether the card that came in begins a visit; where it does not, the screen that says why is shown."""
        stage = self._stage
        if stage.journey.step in PANEL_STEPS:
            self.end_panel()
        closing = closing_fault(stage.faults)
        if closing is not None:
            stage.out_of_service(closing)
        return stage.journey.step in RESTING | PERSONAL

    def _look_at_counter(self, *, has_card: bool) -> None:
        """The professional's card, and the code for the person's screen, which lives five minutes."""
        stage = self._stage
        card_changed = stage.attendance.look_at_card(is_there=has_card)
        code_gone = stage.pairing.expire(stage.tools.monotonic())
        if (code_gone or card_changed) and stage.journey.step not in _PIN_IS_TYPED:
            stage.redraw()

    def _listen_to_silence(self) -> None:
        stage = self._stage
        now = stage.tools.monotonic()
        if stage.attendance.is_over(now) and stage.journey.step in RESTING:
            stage.sign_out()
            stage.go_home()
        if is_abandoned(stage.journey.step, now - stage.touched_at):
            stage.standard_comfort()
            stage.put(dataclasses.replace(stage.journey, complaint=None))  # nor does a hint outlive who asked for it
        silence = judge(stage.journey.step, now - stage.touched_at, stage.comfort.patience)
        stage.warning = silence is Silence.WARN
        card_explains_it = stage.journey.step is Step.STOPPED and stage.presence.state in IN_SLOT
        if silence is Silence.OVER and not card_explains_it:
            stage.go_home()

    def _read_card(self) -> None:
        stage = self._stage
        visit, insertion = stage.journey.visit, stage.presence.insertion

        def job() -> None:
            try:
                card = stage.tools.reader.read(insertion)
            except CardError as error:
                stage.fail(visit, fault_of(error.fault))
            else:
                self._take_card(visit, card)

        stage.aside(job)

    def _take_card(self, visit: int, card: CardContents) -> None:
        stage = self._stage
        with stage.lock:
            journey = stage.journey
            if journey.visit != visit or journey.step is not Step.READING or journey.place is None:
                return  # pulled or wiped meanwhile: what was read is dropped
            if not card.persons:
                stage.stop(Fault.NOBODY)
            elif is_test_card_among_real_people(card, journey.place.ins_authority):
                stage.stop(Fault.TEST_CARD)
            else:
                stage.put(journey.to(Step.WHO, stage.now(), card=card))
                self._on_read()
