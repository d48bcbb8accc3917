"""Waiting for what another thread or process does: looks with a deadline, never a fixed sleep."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

POLL_S = 0.02


def wait_until(condition: Callable[[], object], timeout_s: float = 10.0, poll_s: float = POLL_S) -> bool:
    """Look again and again; False when the time is over."""
    ends = time.monotonic() + timeout_s
    rest = threading.Event()  # never set
    while not condition():
        if time.monotonic() > ends:
            return False
        rest.wait(poll_s)
    return True


def wait_for(what: str, holds: Callable[[], object], within_s: float = 60.0) -> None:
    """Return as soon as ``holds`` is true.

    Raises:
        TimeoutError: it never was.
    """
    if not wait_until(holds, within_s):
        raise TimeoutError(f"not within {within_s:g} s: {what}")
