from __future__ import annotations

import threading
from datetime import timedelta

from tests.fakes.programme import PRESENT
from tests.fakes.terminal_rig import TerminalRig
from wire.identifiers import milliseconds

LATER_MS = milliseconds(PRESENT + timedelta(minutes=5))


def test_a_commit_and_a_signed_time_that_meet_do_not_wait_for_each_other_for_ever(rig: TerminalRig) -> None:
    # Once, learning held the floor while it waited for the disk, and a commit held the disk while it asked the floor.
    learner = threading.Thread(target=rig.server_time.learn, args=(LATER_MS,), daemon=True)
    with rig.database.transaction():
        learner.start()
        for _ in range(200):  # the learner is at the disk's door by one of them
            answered = threading.Event()
            asking = threading.Thread(target=lambda: (rig.server_time.floor(), answered.set()), daemon=True)  # noqa: B023 - joined below
            asking.start()
            assert answered.wait(10), "the floor waits for somebody who waits for the disk"
            asking.join()
    learner.join(10)
    assert rig.server_time.floor().floor_ms == LATER_MS


def test_an_earlier_signed_time_changes_nothing_in_memory_or_on_disk(rig: TerminalRig) -> None:
    rig.server_time.learn(LATER_MS)
    rig.server_time.learn(LATER_MS - 1)
    assert rig.server_time.floor().floor_ms == LATER_MS
    rig.reopen()
    assert rig.server_time.floor().floor_ms == LATER_MS


def test_after_a_restart_nobody_knows_how_long_ago_the_floor_was(rig: TerminalRig) -> None:
    rig.server_time.learn(LATER_MS)
    rig.clock.forward(7)
    assert rig.server_time.floor().since_ms == 7000
    rig.reopen()
    assert rig.server_time.floor().since_ms is None
