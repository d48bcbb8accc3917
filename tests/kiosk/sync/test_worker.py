"""The worker against a central that is honest, ill or hostile: nothing lost, nothing doubled, the rest flows on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest

from kiosk.enrolment.errors import NotReadyError
from kiosk.sync.errors import LinkError, RefusedError
from kiosk.sync.planning import BACKOFF_CAP_S
from kiosk.sync.worker import KEEP_FORGOTTEN, Health
from tests.fakes.central_simulator import CentralSimulator, Interference
from tests.fakes.drafts import refusal
from tests.fakes.programme import Programme
from tests.fakes.terminal_rig import TerminalRig
from wire.batch import BatchAnswer, Outcome, RecordOutcome, read_batch, write_answer
from wire.configuration import Condition
from wire.errors import FormatError
from wire.failpoints import Failpoint
from wire.identifiers import milliseconds

DAY_S = 24 * 3600.0


def test_what_waits_is_sent_in_order_and_forgotten(rig: TerminalRig, central: CentralSimulator) -> None:
    drafts = rig.enrol(3)
    rig.run()
    assert [arrived.item.routing.record_id for arrived in central.arrived] == [one.record_id.value for one in drafts]
    assert rig.store.waiting() == 0
    assert rig.worker.state().health is Health.WELL


def test_a_queue_longer_than_a_batch_drains_without_a_pause(rig: TerminalRig, central: CentralSimulator) -> None:
    rig.enrol(450)
    before = rig.clock.monotonic()
    rig.run()
    assert [len(batch.items) for batch in central.batches] == [200, 200, 50]
    assert rig.clock.monotonic() == before


def _rubbish(_central: CentralSimulator, _batch: bytes) -> bytes:
    return b"<html>502 Bad Gateway</html>"


def _empty(_central: CentralSimulator, _batch: bytes) -> bytes:
    return b""


def _signed_by_another(central: CentralSimulator, batch: bytes) -> bytes:
    return CentralSimulator(central.programme.with_new_answer_key()).take(batch)


def _answer_to_another_batch(central: CentralSimulator, batch: bytes) -> bytes:
    opened = read_batch(batch)
    outcomes = tuple(
        RecordOutcome(record_hash=item.hash, outcome=Outcome.DURABLE_NEW)
        for item in opened.items
        if not isinstance(item, FormatError)
    )
    lie = BatchAnswer(
        terminal=opened.header.terminal,
        batch_digest=bytes(32),
        server_ms=milliseconds(central.now),
        outcomes=outcomes,
    )
    return write_answer(lie, central.programme.answer)


def _cut(central: CentralSimulator, batch: bytes) -> bytes:
    return central.take(batch)[:-40]


def _flipped(central: CentralSimulator, batch: bytes) -> bytes:
    answer = bytearray(central.take(batch))
    answer[len(answer) // 2] ^= 1
    return bytes(answer)


def _huge(_central: CentralSimulator, _batch: bytes) -> bytes:
    return b"\xdd\xff\xff\xff\xff" + bytes(100_000)


def _server_error(_central: CentralSimulator, _batch: bytes) -> bytes:
    raise LinkError("central answered with HTTP 500", code="http")


def _timeout_after_keeping(central: CentralSimulator, batch: bytes) -> bytes:
    central.take(batch)
    raise LinkError("central did not answer in time", code="timeout")


def _unknown_terminal(_central: CentralSimulator, _batch: bytes) -> bytes:
    raise RefusedError("no", status=403, code="terminal_unknown")


HOSTILE = [
    _rubbish,
    _empty,
    _signed_by_another,
    _answer_to_another_batch,
    _cut,
    _flipped,
    _huge,
    _server_error,
    _timeout_after_keeping,
    _unknown_terminal,
]


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda one: one.__name__.strip("_"))
def test_without_a_credible_answer_nothing_is_forgotten_and_later_all_arrives_once(
    hostile: Interference, rig: TerminalRig, central: CentralSimulator
) -> None:
    rig.enrol(3)
    central.plot = [hostile, hostile]
    rig.run()
    assert rig.store.waiting() == 3
    assert rig.worker.state().health is Health.FAILING
    rig.clock.forward(BACKOFF_CAP_S)
    rig.run()
    rig.clock.forward(BACKOFF_CAP_S)
    rig.run()
    assert rig.store.waiting() == 0
    assert len(central.arrived) == len(set(central.hashes())) == 3


def test_a_replayed_answer_of_an_earlier_exchange_makes_nothing_forgotten(
    rig: TerminalRig, central: CentralSimulator
) -> None:
    kept: list[bytes] = []

    def record(honest: CentralSimulator, batch: bytes) -> bytes:
        kept.append(honest.take(batch))
        return kept[0]

    def replay(_honest: CentralSimulator, _batch: bytes) -> bytes:
        return kept[0]

    rig.enrol()
    central.plot = [record, replay]
    rig.run()
    rig.enrol()
    rig.run()
    assert rig.store.waiting() == 1
    assert rig.worker.state().failure == "answer_other"


def test_an_outage_is_not_hammered(rig: TerminalRig, central: CentralSimulator) -> None:
    central.down = True
    rig.enrol()
    attempts = 0
    for _ in range(3600):
        before = rig.worker.state().failures_in_a_row
        rig.worker.turn()
        attempts += rig.worker.state().failures_in_a_row - before
        rig.clock.forward(1)
    assert 8 <= attempts <= 20


def test_a_new_record_does_not_shorten_the_wait(rig: TerminalRig, central: CentralSimulator) -> None:
    rig.run()
    central.down = True
    rig.enrol()
    rig.run()
    failures = rig.worker.state().failures_in_a_row
    rig.enrol()
    rig.worker.wake()
    assert rig.worker.turn() > 0
    assert rig.worker.state().failures_in_a_row == failures


def test_partial_outcomes_are_followed_one_by_one(rig: TerminalRig, central: CentralSimulator) -> None:
    rig.enrol(4)
    hashes = [stored.hash for stored in rig.outbox.load([1, 2, 3, 4])]
    central.outcomes = {
        hashes[1]: RecordOutcome(
            record_hash=hashes[1], outcome=Outcome.PENDING, retry_ms=milliseconds(central.now + timedelta(seconds=30))
        ),
        hashes[2]: RecordOutcome(record_hash=hashes[2], outcome=Outcome.REJECTED, code="malformed_part"),
    }
    rig.run()
    assert [waiting.sequence for waiting in rig.outbox.queue(10)] == [2]
    assert [(letter.sequence, letter.code) for letter in rig.outbox.dead_letters()] == [(3, "malformed_part")]
    central.outcomes = {}
    rig.run()
    assert rig.store.waiting() == 1  # its time has not come
    rig.clock.forward(30)
    rig.run()
    assert rig.store.waiting() == 0


def test_a_pending_record_does_not_hold_up_those_behind_it(rig: TerminalRig, central: CentralSimulator) -> None:
    rig.enrol(1)
    (first,) = rig.outbox.load([1])
    central.outcomes = {first.hash: RecordOutcome(record_hash=first.hash, outcome=Outcome.PENDING)}
    rig.run()
    rig.enrol(2)
    rig.run()
    assert [waiting.sequence for waiting in rig.outbox.queue(10)] == [1]
    assert len(central.arrived) == 2


def test_a_dead_letter_stays_sealed_on_the_disk_over_a_restart(rig: TerminalRig, central: CentralSimulator) -> None:
    rig.enrol(1)
    (first,) = rig.outbox.load([1])
    central.outcomes = {first.hash: RecordOutcome(record_hash=first.hash, outcome=Outcome.REJECTED, code="x")}
    rig.run()
    rig.reopen()
    assert len(rig.outbox.dead_letters()) == 1
    assert first.raw[:256] in rig.on_disk()  # the rest may lie on another page of the file
    assert rig.store.waiting() == 0


@pytest.mark.parametrize("code", ["malformed", "too_long"])
def test_one_record_that_central_will_not_take_steps_aside_and_the_rest_flows_on(
    code: str, rig: TerminalRig, central: CentralSimulator
) -> None:
    rig.enrol(8)
    poison = rig.outbox.load([3])[0].hash

    def refuse_poison(honest: CentralSimulator, batch: bytes) -> bytes:
        if poison in [item.hash for item in read_batch(batch).items if not isinstance(item, FormatError)]:
            raise RefusedError("no", status=400, code=code)
        return honest.take(batch)

    for _ in range(40):
        central.plot = [refuse_poison] * 40
        rig.run()
        rig.clock.forward(60)
    assert [waiting.sequence for waiting in rig.outbox.queue(10)] == [3]
    assert len(central.arrived) == len(set(central.hashes())) == 7


def test_a_proxy_that_refuses_everything_is_not_hammered_and_loses_nothing(
    rig: TerminalRig, central: CentralSimulator
) -> None:
    rig.enrol(20)
    asked = 0

    def refuse(_central: CentralSimulator, _batch: bytes) -> bytes:
        nonlocal asked
        asked += 1
        raise RefusedError("no", status=400, code="malformed")

    central.plot = [refuse] * 10_000
    for _ in range(600):
        rig.run()
        rig.clock.forward(6)
    assert rig.store.waiting() == 20
    assert asked < 40


@pytest.mark.parametrize(
    "point",
    [
        Failpoint.SEND_BEFORE,
        Failpoint.SEND_AFTER,
        Failpoint.FORGET_BEFORE,
        Failpoint.FORGET_INSIDE,
        Failpoint.FORGET_AFTER,
    ],
)
def test_power_failing_at_any_point_of_an_exchange_loses_and_doubles_nothing(
    point: Failpoint, rig: TerminalRig, central: CentralSimulator
) -> None:
    class PowerCutError(BaseException):
        pass

    def cut(here: Failpoint) -> None:
        if here is point:
            raise PowerCutError

    rig.enrol(3)
    rig.reach = cut
    rig.reopen()
    with pytest.raises(PowerCutError):
        rig.run()
    rig.reach = lambda _point: None
    rig.reopen()
    rig.run()
    assert rig.store.waiting() == 0
    assert len(central.arrived) == len(set(central.hashes())) == 3
    assert central.unbroken_chain()


def test_offline_for_a_week_then_all_arrive_once_and_in_order(rig: TerminalRig, central: CentralSimulator) -> None:
    central.down = True
    drafts = []
    for day in range(7):
        for _ in range(60):
            drafts += rig.enrol()
            rig.clock.forward(300)
            rig.worker.turn()
        drafts.append(rig.add(refusal(rig.clock.now())))
        rig.clock.forward(DAY_S - 60 * 301)
        if day == 3:
            rig.reopen()
    assert rig.store.waiting() == len(drafts) == 7 * 61
    central.down = False
    central.now = rig.clock.now()
    rig.clock.forward(BACKOFF_CAP_S)
    rig.run()
    assert [arrived.item.routing.record_id for arrived in central.arrived] == [one.record_id.value for one in drafts]
    assert central.unbroken_chain()
    assert rig.store.waiting() == 0


def test_a_revoked_terminal_still_delivers_what_it_holds(rig: TerminalRig, central: CentralSimulator) -> None:
    rig.enrol(2)
    central.revoked = True
    rig.run()
    assert rig.store.waiting() == 0


def test_what_ails_the_terminal_is_told_with_the_question_for_its_configuration(
    rig: TerminalRig, central: CentralSimulator
) -> None:
    rig.run()
    assert central.told is None
    rig.refresher.tell(lambda: Condition(faults=("P-03",), enrols=False))
    rig.refresher.hasten()
    rig.run()
    assert central.told is not None
    assert (central.told.faults, central.told.enrols) == (("P-03",), False)


def test_a_terminal_whose_records_are_quarantined_asks_at_once_whether_it_is_revoked(
    rig: TerminalRig, central: CentralSimulator
) -> None:
    rig.run()
    central.revoked = True  # the next refresh would be due a minute later
    rig.enrol()
    rig.run()
    with pytest.raises(NotReadyError) as refused:
        rig.whereabouts.current()
    assert refused.value.code == "revoked"


def test_a_rotated_answer_key_is_learned_from_a_new_bundle_and_the_sending_goes_on(
    rig: TerminalRig, central: CentralSimulator
) -> None:
    rig.run()
    rig.enrol()
    rotated = central.programme.with_new_answer_key()
    central.programme = rotated
    central.bundle, central.bundle_etag = rotated.bundle(serial=2), '"b2"'
    central.configuration_document, central.configuration_etag = rotated.configuration(version=2), '"c2"'
    rig.run()
    assert rig.worker.state().failure == "signature"
    rig.clock.forward(2)  # the first back-off; the next refresh would be due much later
    rig.run()
    assert rig.store.waiting() == 0
    rig.reopen()
    assert rig.whereabouts.current().trust.serial == 2


def test_ids_of_records_long_forgotten_leave_the_disk(rig: TerminalRig) -> None:
    drafts = rig.enrol(3)
    rig.run()
    rig.clock.forward((KEEP_FORGOTTEN + timedelta(days=1)).total_seconds())
    rig.run()
    present = [draft.record_id.value in rig.on_disk() for draft in drafts]
    assert present == [False, False, True]  # the newest stays: the next record names its hash


def test_the_signed_time_is_kept_over_a_restart_and_never_goes_back(
    rig: TerminalRig, central: CentralSimulator
) -> None:
    rig.enrol()
    rig.run()
    latest = milliseconds(central.now)
    central.now -= timedelta(days=400)
    rig.enrol()
    rig.run()
    rig.reopen()
    assert rig.server_time.floor().floor_ms == latest


def test_a_disk_that_fails_does_not_end_the_loop(rig: TerminalRig) -> None:
    rig.database.close()
    rig.worker.start()
    _until(lambda: rig.worker.state().failure == "store")
    rig.worker.stop()


def test_the_loop_outlives_a_fault_of_its_own_and_logs_no_value_of_it(
    rig: TerminalRig, central: CentralSimulator, caplog: pytest.LogCaptureFixture
) -> None:
    def fault(_central: CentralSimulator, _batch: bytes) -> bytes:
        raise ValueError("CANARI")

    central.plot = [fault]
    rig.enrol()
    rig.worker.start()
    _until(lambda: rig.worker.state().failure == "internal")
    rig.worker.stop()
    assert "CANARI" not in caplog.text
    assert "ValueError" in caplog.text


def test_a_record_added_while_the_loop_runs_is_sent_at_once_and_stop_joins(
    rig: TerminalRig, central: CentralSimulator
) -> None:
    rig.worker.start()
    rig.enrol()
    rig.worker.wake()
    _until(lambda: rig.store.waiting() == 0)
    rig.worker.stop()
    rig.worker.stop()
    assert len(central.arrived) == 1
    assert "sync" not in [thread.name for thread in threading.enumerate()]


def test_nothing_of_a_person_is_logged(
    rig: TerminalRig, central: CentralSimulator, caplog: pytest.LogCaptureFixture, programme: Programme
) -> None:
    caplog.set_level("DEBUG")
    rig.enrol(2)
    central.plot = [_rubbish, _cut, _server_error]
    for _ in range(5):
        rig.run()
        rig.clock.forward(60)
    logged = caplog.text
    assert "not sent" in logged
    assert "CANARI" not in logged
    assert repr(programme.device) == "DeviceKey(hidden)"


def _until(reached: Callable[[], bool], deadline_s: float = 10.0) -> None:
    ends = time.monotonic() + deadline_s
    while not reached():
        assert time.monotonic() < ends, "not reached by the deadline"
        threading.Event().wait(0.01)
