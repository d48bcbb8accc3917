"""The hard end of a message: whatever hangs, the caller goes on."""

from __future__ import annotations

import threading
import time

import pytest

from central.messaging.deadline import Deadline
from central.messaging.errors import NotSentError


@pytest.fixture
def released() -> threading.Event:
    return threading.Event()


def code_of(deadline: Deadline, event: threading.Event) -> str:
    with pytest.raises(NotSentError) as refused:
        deadline.run(lambda: _wait(event))
    return refused.value.code


def _wait(event: threading.Event) -> None:
    event.wait(10)


def test_a_job_that_hangs_is_left_behind_at_the_deadline(released: threading.Event) -> None:
    began = time.monotonic()
    assert code_of(Deadline(0.1), released) == "silent"
    assert time.monotonic() - began < 1
    released.set()


def test_hanging_jobs_cannot_pile_up(released: threading.Event) -> None:
    deadline = Deadline(0.05, at_once=2)
    assert [code_of(deadline, released) for _ in range(3)] == ["silent", "silent", "busy"]
    released.set()


def test_a_job_that_ended_gives_its_place_back() -> None:
    deadline = Deadline(1, at_once=1)
    done: list[int] = []
    for number in range(3):
        deadline.run(lambda number=number: done.append(number))  # type: ignore[misc]
    assert done == [0, 1, 2]


def test_what_the_job_says_reaches_the_caller() -> None:
    def refuse() -> None:
        raise NotSentError("no", code="refused")

    with pytest.raises(NotSentError) as refused:
        Deadline(1).run(refuse)
    assert refused.value.code == "refused"


def test_a_mistake_of_ours_is_a_refusal_and_its_text_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    def stumble() -> None:
        raise ValueError("marie@exemple.fr")

    with pytest.raises(NotSentError):
        Deadline(1).run(stumble)
    assert "ValueError" in caplog.text
    assert "marie" not in caplog.text
