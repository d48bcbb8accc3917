"""What the process does to itself before it holds anything personal: no dumps, private files, one at a time.

Limits (docs/threats.md): Python cannot promise that memory is wiped; swap is the system's to switch off, and the
self-check says when it is on.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import resource
import signal
import threading
from pathlib import Path

LOCK_FILE = "terminal.lock"
_PR_SET_DUMPABLE = 4  # linux/prctl.h
_PRIVATE = 0o077

EXIT_RESTART = 75
"""EX_TEMPFAIL of sysexits.h: the process ended because somebody asked it to begin again (docs/operations.md)."""

_ANSWER_S = 0.5  # the browser that asked gets its answer before the end


class HomeBusyError(Exception):
    """Another terminal process runs on this home."""


class RestartRequest:
    """Somebody at the panel wants the program to begin again: it ends as if told by SIGTERM, and says so on its way.

    Whoever started it starts it again: systemd by ``Restart=always``; nothing here does.
    """

    def __init__(self) -> None:
        self.was_made = False

    def __call__(self) -> None:
        """Returns at once; the end comes half a second later."""
        self.was_made = True
        timer = threading.Timer(_ANSWER_S, os.kill, (os.getpid(), signal.SIGTERM))
        timer.daemon = True
        timer.start()


def leave_no_traces() -> None:
    """Forbid core dumps and debuggers of the same user, and keep every file from here on to this user.

    A core_pattern that pipes to a collector ignores the size limit; it respects the dumpable flag.
    """
    os.umask(_PRIVATE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def claim(home: Path) -> int:
    """Hold the home for as long as this process lives; two on one chain would fork it.

    Returns:
        The descriptor that holds the lock; the system lets go of it when the process ends, however it ends.

    Raises:
        HomeBusyError: another process holds it.
    """
    handle = os.open(home / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(handle)
        raise HomeBusyError("another terminal process runs on this folder") from error
    return handle
