"""Make the golden slips: ``python tests/vectors/make_slip_vectors.py``; ``--check`` only compares.

Each ``slips/NAME.json`` is a slip as the enrolment part writes it, of fictitious people. For each model of printer,
``slips/PROFILE/NAME.hex`` is its job in hexadecimal, a new line where a command begins, and ``slips/PROFILE/NAME.png``
what the simulated printer puts on the paper: one dot a pixel, black or white. Pictures are compared pixel by pixel,
so that another compression of the same picture is no difference; letters are those of Debian's fonts-dejavu-core.
"""

from __future__ import annotations

import hashlib
import io
import re
import sys
from pathlib import Path

import msgspec
from PIL import Image

from kiosk.enrolment.slip import Slip
from kiosk.printer.layout import SlipLayout
from kiosk.printer.profile import PrinterProfile, profile_named, profile_names

sys.path.insert(0, str(Path(__file__).parents[2]))
from tests.fakes.printed_paper import paper_of

FOLDER = Path(__file__).parent / "slips"
RASTER = b"\x1dv0"
COMMAND = re.compile(rb"(?=[\x1b\x1c\x1d])|(?<=\n)")
INK = 176  # darker than this is black: a print head knows no grey, and burns rather too much than too little


def sources() -> dict[str, Slip]:
    """Name → slip."""
    return {path.stem: msgspec.json.decode(path.read_bytes(), type=Slip) for path in sorted(FOLDER.glob("*.json"))}


def readable(job: bytes) -> str:
    """Hexadecimal, a new line before each ESC, FS and GS and after each line feed; the dots of pictures as a hash."""
    rows, at = [], 0
    while at < len(job):
        if job.startswith(RASTER, at):
            dots = at + len(RASTER) + 5  # mode, then bytes a row and rows, two bytes each
            size = int.from_bytes(job[dots - 4 : dots - 2], "little") * int.from_bytes(job[dots - 2 : dots], "little")
            digest = hashlib.sha256(job[dots : dots + size]).hexdigest()
            rows.append(f"{job[at:dots].hex(' ')} and {size} bytes of dots, SHA-256 {digest}")
            at = dots + size
            continue
        found = COMMAND.search(job, at + 1)
        end = found.start() if found else len(job)
        rows.append(job[at:end].hex(" "))
        at = end
    return "\n".join(rows) + "\n"


def picture(slip: Slip, profile: PrinterProfile) -> Image.Image:
    """Black and white, as it came out."""
    grey = Image.open(io.BytesIO(paper_of(slip, profile).png())).convert("L")
    return grey.point([255 * (shade >= INK) for shade in range(256)]).convert("1")


def is_golden(path: Path, made: Image.Image) -> bool:
    """Whether the file shows the same, dot for dot."""
    if not path.exists():
        return False
    with Image.open(path) as golden:
        return golden.size == made.size and golden.convert("1").tobytes() == made.tobytes()


def drifted(profile: PrinterProfile) -> dict[Path, str | Image.Image]:
    """What the golden files of one model would have to be, where they are not."""
    folder, layout = FOLDER / profile.name, SlipLayout(profile)
    made: dict[Path, str | Image.Image] = {}
    for name, slip in sources().items():
        text, image = folder / f"{name}.hex", folder / f"{name}.png"
        job = readable(layout.lay_out(slip))
        if not text.exists() or text.read_text() != job:
            made[text] = job
        paper = picture(slip, profile)
        if not is_golden(image, paper):
            made[image] = paper
    return made


def main() -> int:
    """Write what differs, or say so with ``--check``."""
    is_only_checked = "--check" in sys.argv
    differing = {path: made for name in profile_names() for path, made in drifted(profile_named(name)).items()}
    for path, made in differing.items():
        sys.stdout.write(f"{path.relative_to(FOLDER)} differs\n")
        if is_only_checked:
            continue
        path.parent.mkdir(exist_ok=True)
        if isinstance(made, str):
            path.write_text(made)
        else:
            made.save(path, optimize=True)
    return 1 if differing and is_only_checked else 0


if __name__ == "__main__":
    sys.exit(main())
