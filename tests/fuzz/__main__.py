"""Coverage-guided fuzzing of the card reader: ``scripts/fuzz [SECONDS] [FOLDER]``. Needs atheris (the extra ``fuzz``).

The folder keeps what was found interesting, so that a later run goes on from there; a finding is left in it as
``crash-…`` and ends the run. libFuzzer prints executions, coverage and memory at the end.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["kiosk.card_reader", "wire.nir"]):
    from tests.fuzz import seeds, targets

LONGEST = 4096
SLOWEST_S = 5
MOST_MEMORY_MB = 1024


def main(seconds: int, folder: Path) -> None:
    """Fuzz for so long; the process ends with 0 when nothing was found."""
    seeds.write(folder)
    options = [
        f"-max_total_time={seconds}",
        f"-max_len={LONGEST}",
        f"-timeout={SLOWEST_S}",
        f"-rss_limit_mb={MOST_MEMORY_MB}",
        f"-artifact_prefix={folder}/",
        "-print_final_stats=1",
        "-verbosity=1",
    ]
    atheris.Setup([sys.argv[0], *options, str(folder)], targets.any_target)
    atheris.Fuzz()


if __name__ == "__main__":
    given = sys.argv[1:]
    with tempfile.TemporaryDirectory() as temporary:
        main(int(given[0]) if given else 60, Path(given[1]) if len(given) > 1 else Path(temporary))
