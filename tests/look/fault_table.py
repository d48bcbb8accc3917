"""Writes docs/faults.md from the table of faults and its words: ``.venv/bin/python -m tests.look.fault_table``."""

from __future__ import annotations

import sys
from pathlib import Path

from kiosk.enrolment.faults import TABLE, Fault, Severity
from kiosk.enrolment.steps import JourneyKind
from kiosk.enrolment.texts import FaultWords, load_texts
from kiosk.enrolment.typography import with_plain_spaces

PAGE = Path("docs/faults.md")
_HEAD = """# What can go wrong at a terminal

One line for each code that a screen can show. The table is `kiosk/enrolment/faults.py`, the words are
`kiosk/enrolment/wording/*/faults_*.json`; which facts of the machine mean which fault is
`kiosk/enrolment/readiness.py`. This page is written by `.venv/bin/python -m tests.look.fault_table`, and a test fails
when it is behind.

*Severity* is for the terminal: **info** one card or one visit, the terminal is well; **warning** people enrol, somebody
should mend it soon; **stops** nobody can enrol until it is mended. *Goes on* is for the enrolment at hand.

The first letter says where to look: L reader, C card, D disk, P paper, N network and central, H clock, T terminal.
Codes are never reused.

| code | severity | goes on | said in a hall | said at a counter | what an agent does |
|---|---|---|---|---|---|
"""
_WORD = {Severity.INFO: "info", Severity.WARNING: "warning", Severity.STOPS: "**stops**"}


def page() -> str:
    """The page as it must stand."""
    return _HEAD + "".join(_line(fault) for fault in sorted(TABLE, key=lambda fault: TABLE[fault].code))


def _line(fault: Fault) -> str:
    french, line = load_texts("fr"), TABLE[fault]
    said = [f"**{words.title}.** {words.sentence} {words.way_on}" for words in _said(fault)]
    cells = [line.code, _WORD[line.severity], "yes" if line.goes_on else "no", *said, french.remedies[fault]]
    return with_plain_spaces(f"| {' | '.join(cells)} |\n")


def _said(fault: Fault) -> list[FaultWords]:
    return [load_texts("fr").faults[kind][fault] for kind in JourneyKind]


def main() -> int:
    """Write it."""
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE}: {len(TABLE)} faults\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
