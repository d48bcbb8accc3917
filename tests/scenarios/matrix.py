"""The matrix of docs/fault-scripts.md from the script files: ``python -m tests.scenarios.matrix`` writes it."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.scenarios.reading import all_files
from tests.scenarios.script import Phase, ScriptFile

PAGE = Path(__file__).parents[2] / "docs" / "fault-scripts.md"
BEGIN, END = "<!-- matrix: written by python -m tests.scenarios.matrix -->\n", "<!-- end of the matrix -->"
_PART = re.compile(re.escape(BEGIN) + r".*?" + re.escape(END), re.DOTALL)


def matrix(files: Sequence[ScriptFile]) -> str:
    """How many scenarios strike with each fault in each phase."""
    head = f"| device | fault | {' | '.join(phase.value.replace('_', ' ') for phase in Phase)} |\n"
    rule = f"|---|---|{'---|' * len(Phase)}\n"
    rows = [
        f"| {file.device} | {words} | {' | '.join(_cell(file, fault, phase) for phase in Phase)} |\n"
        for file in files
        for fault, words in file.faults.items()
    ]
    count = Counter(scenario.phase for file in files for scenario in file.scenarios)
    total = " | ".join(f"**{count[phase]}**" for phase in Phase)
    return head + rule + "".join(rows) + f"| **all {sum(count.values())}** | | {total} |\n"


def page_with(text: str, table: str) -> str:
    """The page with this table in its place."""
    return _PART.sub(lambda _: BEGIN + table + END, text)


def _cell(file: ScriptFile, fault: str, phase: Phase) -> str:
    number = sum((scenario.fault, scenario.phase) == (fault, phase) for scenario in file.scenarios)
    return str(number) if number else ""


def main() -> int:
    """Write it."""
    PAGE.write_text(page_with(PAGE.read_text(encoding="utf-8"), matrix(all_files())), encoding="utf-8")
    sys.stdout.write(f"{PAGE.name}: {sum(len(file.scenarios) for file in all_files())} scenarios\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
