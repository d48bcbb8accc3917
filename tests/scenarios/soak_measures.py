"""What must not grow however many people come: memory, threads, descriptors, the write-ahead log."""

from __future__ import annotations

import ctypes
import gc
import os
import re
import sys
import threading
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.scenarios.rig import ScenarioRig
from tests.waiting import wait_until
from wire.homes import TERMINAL_STORE

_RESIDENT = re.compile(r"RssAnon:\s+(\d+) kB")
_MOST_TRACED = 2 * 1024 * 1024  # caches turn over: not all that is new is more
_KIB = 1024
_LIBC = ctypes.CDLL("libc.so.6")


@dataclass(frozen=True, slots=True)
class Sample:
    """The process after so many visits.

    ``resident_kib``: its own memory, files it maps not counted. ``blocks``: pieces of memory that Python holds.
    ``traced``: bytes it holds of what was allocated in the last tenth, the only one traced (three times slower).
    """

    visits: int
    resident_kib: int
    blocks: int
    traced: int
    threads: int
    descriptors: int
    wal_bytes: int
    database_bytes: int


@dataclass(frozen=True, slots=True)
class Allowance:
    """How much more there may be at the end than at the tenth part of the run."""

    resident_kib: int = 24 * _KIB
    blocks: int = 10_000
    threads: int = 0
    descriptors: int = 0
    wal_bytes: int = 4 * _KIB * _KIB


def sample(rig: ScenarioRig, visits: int) -> Sample:
    """Measured with nobody there, after what is not needed any more was given back, to the system too."""
    gc.collect()
    _LIBC.malloc_trim(0)  # what lies free between pieces in use is no growth; it fills up over some hundred visits
    traced = tracemalloc.get_traced_memory()[0] if tracemalloc.is_tracing() else 0
    tracing_kib = tracemalloc.get_tracemalloc_memory() // _KIB  # the tracer's own tables
    found = _RESIDENT.search(Path("/proc/self/status").read_text(encoding="ascii"))
    assert found
    store = rig.around.home / TERMINAL_STORE
    wal = store.with_name(f"{store.name}-wal")
    return Sample(
        visits=visits,
        resident_kib=int(found[1]) - tracing_kib,
        blocks=sys.getallocatedblocks(),
        traced=traced,
        threads=_least(threading.active_count),
        descriptors=_least(lambda: len(os.listdir("/proc/self/fd"))),  # noqa: PTH208 - it lists itself too, always
        wal_bytes=wal.stat().st_size if wal.exists() else 0,
        database_bytes=store.stat().st_size,
    )


def _least(count: Callable[[], int]) -> int:
    """Of several looks: a thread that looks at a file just now is no growth."""
    found = count()

    def look() -> bool:
        nonlocal found
        found = min(found, count())
        return False

    wait_until(look, 0.2)
    return found


def growth(samples: list[Sample], allowed: Allowance | None = None) -> list[str]:
    """What grew beyond its allowance between the tenth part of the run and its end.

    Memory up to where the tracer was started: it lengthens every piece, which the kernel counts as ours.
    """
    allowed = allowed or Allowance()
    first, last = samples[0], samples[-1]
    untraced = [one for one in samples if not one.traced][-1]
    fields = ("blocks", "threads", "descriptors", "wal_bytes")
    traced = [f"the last tenth left {last.traced:,} bytes"] if last.traced > _MOST_TRACED else []
    ends = [("resident_kib", untraced), *((name, last) for name in fields)]
    return traced + [
        f"{name} grew from {getattr(first, name):,} to {getattr(end, name):,}"
        for name, end in ends
        if getattr(end, name) - getattr(first, name) > getattr(allowed, name)
    ]
