"""The figures of a long run as a page: docs/soak.md."""

from __future__ import annotations

import os
import platform
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tests.scenarios.soak_measures import Sample

if TYPE_CHECKING:
    from tests.scenarios.soak import Soak

_HEAD = """# The soak

`scripts/soak` lets people come to one terminal, one after the other, in one process, while devices, disk, line, power
and the people themselves fail at random; half of the visits go well. The terminal's adapters, store, session and pages
are the field's, over the card and printer simulators; central's intake and ledger and the vault with its guard are
real, on the same clock ([fault-scripts.md](fault-scripts.md) says how). The test run plays 300 visits of it.
Afterwards:

1. everybody was enrolled, or was told on the screen why not;
2. central has every record of the terminal once, one dossier for each who enrolled, and a ledger that agrees;
3. no slip's fate is open after the next start, and no personal word lies in any file of the terminal;
4. every code that can be read on paper, torn ones too, is its record's: the newest of a dossier is live, all others
   are void;
5. between the tenth part of the run and its end nothing grew: memory, threads, descriptors, write-ahead log.
"""
_SAMPLES = """
| after visits | memory | blocks of Python | left of the last tenth | threads | descriptors | write-ahead log | database |
|---:|---:|---:|---:|---:|---:|---:|---:|
"""  # noqa: E501 - a row of a table
_DATABASE = """
Memory is the process's own, what can be given back given back, mapped files not counted; terminal, central, vault and
all simulators are in it. The last tenth is traced: what Python still holds of all that it allocated in it; the tracer's
own memory is then in the figure, so it is judged before. The terminal's database keeps id and hash of what central has
for 90 days, some 200 bytes a record.
"""


def page(soak: Soak) -> str:
    """All of it."""
    machine = f"{platform.system()} {platform.release()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    how_long = f"{soak.seconds:,.0f} s ({soak.cpu_seconds:,.0f} s of computing)"
    head = f"{machine}; seed {soak.seed}: {soak.visits:,} visits in {how_long}."
    return "".join(
        [
            _HEAD,
            f"\n## 1. The run of {datetime.now(UTC):%Y-%m-%d}\n\n{head}\n\n",
            _verdict(soak),
            "\n| | |\n|---|---:|\n",
            *(f"| {words} | {count:,} |\n" for words, count in {**soak.endings, **soak.counts}.items()),
            _SAMPLES,
            *map(_row, soak.samples),
            _DATABASE,
            _table("what went wrong", "visits", soak.faults),
            _table("last screen, or the code that was shown", "visits", soak.told),
            _table("paper", "pieces", soak.papers),
        ]
    )


def _row(one: Sample) -> str:
    sizes = (
        f"{one.resident_kib / 1024:,.1f} MB{', traced' if one.traced else ''}",
        f"{one.blocks:,}",
        f"{one.traced / 1024:,.0f} KB" if one.traced else "",
    )
    files = (f"{one.wal_bytes / 1024:,.0f} KB", f"{one.database_bytes / 1024:,.0f} KB")
    cells = (f"{one.visits:,}", *sizes, f"{one.threads}", f"{one.descriptors}", *files)
    return f"| {' | '.join(cells)} |\n"


def _verdict(soak: Soak) -> str:
    if not soak.wrong:
        return "All five held.\n"
    return "**Not all held:**\n\n" + "".join(f"- {one}\n" for one in soak.wrong[:50])


def _table(what: str, unit: str, counts: Counter[str]) -> str:
    rows = "".join(f"| {word} | {count:,} |\n" for word, count in sorted(counts.items(), key=lambda pair: -pair[1]))
    return f"\n| {what} | {unit} |\n|---|---:|\n{rows}"
