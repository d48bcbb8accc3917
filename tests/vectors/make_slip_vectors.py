"""Make the golden bytes of slips: ``python tests/vectors/make_slip_vectors.py``; ``--check`` only compares.

Each ``slips/NAME.json`` is a slip as the enrolment part writes it, of fictitious people; each
``slips/NAME.PROFILE.hex`` is the job for that printer in hexadecimal, a new line where a command begins.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import msgspec

from kiosk.enrolment.slip import Slip
from kiosk.printer.layout import SlipLayout
from kiosk.printer.profile import CLONE_80, TM_T20

FOLDER = Path(__file__).parent / "slips"
PROFILES = (TM_T20, CLONE_80)


def vectors() -> dict[Path, str]:
    """Every golden file with the content it must have now."""
    made = {}
    for profile in PROFILES:
        layout = SlipLayout(profile)
        for source in sorted(FOLDER.glob("*.json")):
            job = layout.lay_out(msgspec.json.decode(source.read_bytes(), type=Slip))
            made[source.with_suffix(f".{profile.name}.hex")] = readable(job)
    return made


def readable(job: bytes) -> str:
    """Hexadecimal with a new line before each ESC, FS and GS and after each line feed."""
    pieces = re.split(rb"(?=[\x1b\x1c\x1d])|(?<=\n)", job)
    return "".join(piece.hex(" ") + "\n" for piece in pieces if piece)


def main() -> int:
    """Write what differs, or say so with ``--check``."""
    drifted = [path for path, text in vectors().items() if not path.exists() or path.read_text() != text]
    for path in drifted:
        sys.stdout.write(f"{path.name} differs\n")
        if "--check" not in sys.argv:
            path.write_text(vectors()[path])
    return 1 if drifted and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
