"""Takes the README's picture, docs/terminal.png: the hall terminal asking who may read in an emergency.

Run it as ``.venv/bin/python -m tests.look.terminal_picture`` after the screens have changed. The glass is 1080 by 1920.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from kiosk.enrolment.steps import JourneyKind, Step
from tests.chromium import ARGUMENTS, CHROMIUM
from tests.fakes.card_slot import card
from tests.fakes.enrolment_rig import EnrolmentRig
from tests.look.served import served

PICTURE = Path("docs/terminal.png")
GLASS, SHOWN = (1080, 1920), (540, 960)


def glass() -> bytes:
    """The screen as a PNG."""
    rig = EnrolmentRig(JourneyKind.HALL)
    rig.insert(card())
    rig.go(Step.BREAK_GLASS)
    with sync_playwright() as playwright, served(rig) as address:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        width, height = GLASS
        page = browser.new_page(viewport={"width": width, "height": height})
        page.goto(address)
        page.wait_for_selector('main[data-step="break_glass"]')
        picture = page.screenshot(animations="disabled")
        browser.close()
    return picture


def main() -> int:
    """Take it."""
    small = Image.open(io.BytesIO(glass())).convert("RGB").resize(SHOWN, Image.Resampling.LANCZOS)
    small.save(PICTURE, optimize=True)
    sys.stdout.write(f"{PICTURE}: {PICTURE.stat().st_size // 1024} KiB\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
