"""Every screen on one picture per language, layout and look, for a person to review at a glance.

``.venv/bin/python -m tests.look.contact_sheet [key=value…]`` with the keys kind, layout, language, contrast, text, low,
keypad and scene; several values are joined by commas. Without any: both kinds and layouts in every language, plain and
in high contrast at 200 %, and the hall's low layout. Writes ``test-output/sheets/*.png`` and says what does not fit.
"""

from __future__ import annotations

import io
import itertools
import sys
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from playwright.sync_api import Browser, sync_playwright

from kiosk.enrolment.steps import JourneyKind
from tests.chromium import ARGUMENTS, CHROMIUM
from tests.fakes.enrolment_rig import EnrolmentRig
from tests.fakes.programme import Programme
from tests.fakes.scenes import SCENES
from tests.look.served import FITS, LAYOUTS, served

OUT = Path("test-output/sheets")
_WIDTH = {"portrait": 300, "landscape": 480}
_COLUMNS = {"portrait": 9, "landscape": 6}
_LABEL = 22
_PROGRAMME = Programme()


@dataclass(frozen=True, slots=True)
class Look:
    """One way of seeing all screens; the fields are those of :class:`kiosk.enrolment.comfort.Comfort`."""

    kind: JourneyKind
    layout: str
    language: str = "fr"
    contrast: str = "normal"
    text: str = "100"
    low: str = "off"
    keypad: str = "off"

    @property
    def name(self) -> str:
        """Of its file."""
        extra = [self.contrast if self.contrast != "normal" else "", self.text if self.text != "100" else ""]
        extra += ["low" if self.low == "on" else "", "keypad" if self.keypad == "on" else ""]
        return "-".join([self.language, self.layout, self.kind.value, *filter(None, extra)])


def shoot(browser: Browser, look: Look, scene: str) -> tuple[Image.Image, list[str]]:
    """One screen as a picture, and what does not fit on it."""
    rig = EnrolmentRig(look.kind, _PROGRAMME)
    SCENES[look.kind][scene](rig)
    for field in ("language", "contrast", "text", "low", "keypad"):
        rig.session.choose_comfort(field, getattr(look, field))
    if scene == "still-there":
        rig.wait(50)
    width, height = LAYOUTS[look.layout]
    page = browser.new_page(viewport={"width": width, "height": height})
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(f"script: {error}"))
    with served(rig) as address:
        page.goto(address)
        page.wait_for_function("document.fonts.status === 'loaded'")
        page.wait_for_timeout(80)
        faults += [str(one) for one in page.evaluate(FITS, look.low == "on" and look.layout == "portrait")]
        picture = Image.open(io.BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
        page.close()
    return picture, [f"{look.name} {scene}: {fault}" for fault in faults]


def sheet(pictures: dict[str, Image.Image], layout: str) -> Image.Image:
    """All of them on one, with their names."""
    width = _WIDTH[layout]
    height = width * LAYOUTS[layout][1] // LAYOUTS[layout][0]
    columns = _COLUMNS[layout]
    rows = -(-len(pictures) // columns)
    whole = Image.new("RGB", (columns * (width + 8), rows * (height + _LABEL + 8)), "#888")
    draw, font = ImageDraw.Draw(whole), ImageFont.load_default(14)
    for number, (name, picture) in enumerate(pictures.items()):
        x, y = number % columns * (width + 8), number // columns * (height + _LABEL + 8)
        draw.text((x + 4, y + 3), name, fill="white", font=font)
        whole.paste(picture.resize((width, height), Image.Resampling.LANCZOS), (x, y + _LABEL))
    return whole


def looks(asked: dict[str, list[str]]) -> list[Look]:
    """The looks that were asked for; without any, the ones worth a review."""
    fields = ("kind", "layout", "language", "contrast", "text", "low", "keypad")
    if any(field in asked for field in fields):
        defaults = {"kind": ["hall"], "layout": ["portrait"], "language": ["fr"], "contrast": ["normal"]}
        defaults |= {"text": ["100"], "low": ["off"], "keypad": ["off"]}
        chosen = [asked.get(field, defaults[field]) for field in fields]
        return [Look(JourneyKind(kind), *rest) for kind, *rest in itertools.product(*chosen)]
    languages = [one.code for one in EnrolmentRig(programme=_PROGRAMME).session.languages]
    plain = [
        Look(kind, layout, language, *look)
        for kind, layout, language in itertools.product(JourneyKind, LAYOUTS, languages)
        for look in (("normal", "100"), ("high", "200"))
    ]
    return plain + [Look(JourneyKind.HALL, "portrait", language, low="on") for language in languages]


def main(arguments: list[str]) -> int:
    """Take them."""
    asked = {key: values.split(",") for key, _, values in (argument.partition("=") for argument in arguments)}
    OUT.mkdir(parents=True, exist_ok=True)
    faults: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for look in looks(asked):
            pictures = {}
            for scene in asked.get("scene", list(SCENES[look.kind])):
                pictures[scene], found = shoot(browser, look, scene)
                faults += found
                if "scene" in asked:
                    pictures[scene].save(OUT / f"{look.name}-{scene}.png")
            sheet(pictures, look.layout).save(OUT / f"{look.name}.png", optimize=True)
        browser.close()
    sys.stdout.write("\n".join([*faults, f"{len(faults)} faults; sheets in {OUT}\n"]))
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
