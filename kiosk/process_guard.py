"""What the process does to itself before it holds anything personal: no dumps, private files, one at a time.

Limits (docs/threats.md): Python cannot promise that memory is wiped; swap is the system's to switch off, and the
self-check says when it is on.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import resource
from pathlib import Path

LOCK_FILE = "terminal.lock"
_PR_SET_DUMPABLE = 4  # linux/prctl.h
_PRIVATE = 0o077


class HomeBusyError(Exception):
    """Another terminal process runs on this home."""


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
