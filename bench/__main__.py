"""Print every figure, or of some parts: ``python -m bench [PART]...``, where a part is a key of ``PARTS``."""

from __future__ import annotations

import importlib
import platform
import sys
from datetime import UTC, datetime

from bench.figures import table

PARTS = {
    "card": "bench.card_read",
    "card_line": "bench.card_line",
    "card_screen": "bench.card_screen",
    "commit": "bench.commit",
    "slip": "bench.slip",
    "steps": "bench.steps",
    "proofs": "bench.proofs",
    "intake": "bench.intake",
    "intake_speed": "bench.intake_speed.run",
    "worker_memory": "bench.worker_memory",
    "opening": "bench.opening.sample",
    "opening_costs": "bench.opening.costs",
    "recount": "bench.recount",
    "pages": "bench.pages",
    "dashboard": "bench.dashboard",
    "start": "bench.start",
    "voice": "bench.voice",
}


def main(names: list[str]) -> int:
    """Run the named parts, or all; exit 1 when a bound was not reached."""
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {platform.platform()}, Python {platform.python_version()}")
    failed = False
    for name in names or list(PARTS):
        figures = importlib.import_module(PARTS[name]).run()
        print(f"\n== {name}\n{table(figures)}", flush=True)
        failed |= any(figure.met is False for figure in figures)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
