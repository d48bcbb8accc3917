from __future__ import annotations

from kiosk.enrolment.heartbeat import Heartbeat
from kiosk.enrolment.steps import JourneyKind, Step
from tests.fakes.card_slot import card
from tests.fakes.enrolment_rig import EnrolmentRig
from tests.fakes.programme import Programme
from tests.waiting import wait_until


def test_a_card_is_noticed_and_wiped_without_any_browser() -> None:
    rig = EnrolmentRig(JourneyKind.HALL, Programme())
    beat = Heartbeat(rig.session.tick, every=0.005)
    beat.start()
    try:
        rig.reader.insert(card())
        assert wait_until(lambda: rig.step is Step.WHO)
        rig.reader.pull()
        assert wait_until(lambda: rig.step is Step.STOPPED)
    finally:
        beat.stop()


def test_one_bad_beat_does_not_stop_the_later_ones() -> None:
    rig = EnrolmentRig(JourneyKind.HALL, Programme())
    presence, beats = rig.reader.presence, iter([RuntimeError("bad")])

    def failing_once() -> object:
        for error in beats:
            raise error
        return presence()

    rig.reader.presence = failing_once  # type: ignore[method-assign, assignment]
    beat = Heartbeat(rig.session.tick, every=0.005)
    beat.start()
    try:
        rig.reader.insert(card())
        assert wait_until(lambda: rig.step is Step.WHO)
    finally:
        beat.stop()
        beat.stop()
