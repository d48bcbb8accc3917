"""Every slip there is on every model of printer we know: nothing cut off, nothing lost, codes that can be read."""

from __future__ import annotations

import functools
import io

import msgspec
import pytest
import zxingcpp
from PIL import Image

from kiosk.enrolment.slip import LineRole, Slip, SlipLine
from kiosk.printer.charset import transliterated
from kiosk.printer.layout import SlipLayout
from kiosk.printer.profile import PrinterProfile, profile_named, profile_names
from kiosk.printer.simulator.paper import Paper, TextLine
from tests.fakes.every_slip import every_slip
from tests.fakes.printed_paper import paper_of

PROFILES = [profile_named(name) for name in profile_names()]
ENDLESS = 9_999  # dots: paper so wide that the printer itself never breaks a line
of_every_model = pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)


@functools.cache
def slips() -> dict[str, Slip]:
    return every_slip()


@functools.cache
def jobs(profile: PrinterProfile) -> dict[str, bytes]:
    layout = SlipLayout(profile)
    return {name: layout.lay_out(slip) for name, slip in slips().items()}


@functools.cache
def papers(profile: PrinterProfile) -> dict[str, Paper]:
    return {name: paper_of(slip, profile) for name, slip in slips().items()}


def image(paper: Paper) -> Image.Image:
    return Image.open(io.BytesIO(paper.png()))


def as_read(slip: Slip, page: str) -> list[str]:
    """What stands on the slip in the letters of that page, line by line, without spaces."""

    def text(line: SlipLine) -> str:
        colon = ":" if line.role in {LineRole.FIELD, LineRole.RULER} else ""
        return "".join(transliterated(line.label + colon + line.text, page).split())

    return [text(line) for line in slip.lines]


@of_every_model
def test_no_row_of_any_slip_is_wider_than_the_paper(profile: PrinterProfile) -> None:
    def fits(row: TextLine) -> bool:
        style = row.runs[0].style
        return len(row.text) * style.wide <= (profile.columns_b if style.font_b else profile.columns_a)

    wide = msgspec.structs.replace(profile, name="endless", dots=ENDLESS)
    rows = [(name, row) for name, slip in slips().items() for row in _rows(slip, profile, wide)]
    assert [name for name, row in rows if not fits(row)] == []


def _rows(slip: Slip, profile: PrinterProfile, wide: PrinterProfile) -> list[TextLine]:
    """The rows as the layout broke them for one model, set by a printer whose paper never ends to the right."""
    paper = paper_of(slip, profile, printed_by=wide)
    return [element for element in paper.elements if isinstance(element, TextLine)]


@of_every_model
def test_no_word_of_any_slip_is_lost(profile: PrinterProfile) -> None:
    lost = []
    for name, slip in slips().items():
        printed = "".join(papers(profile)[name].text.split())
        at = 0
        for line in as_read(slip, profile.encoding):
            found = printed.find(line, at)
            if found < 0:
                lost.append(name)
                break
            at = found + len(line)
    assert lost == []


@of_every_model
@pytest.mark.parametrize("name", ["B-enrolment-fr", "B-enrolment-anew-en", "trial-fr"])
def test_an_independent_reader_finds_the_code_on_the_picture(profile: PrinterProfile, name: str) -> None:
    assert [code.text for code in zxingcpp.read_barcodes(image(papers(profile)[name]))] == [slips()[name].qr]


@of_every_model
def test_the_quiet_zone_around_the_code_is_four_modules_of_white(profile: PrinterProfile) -> None:
    picture = image(papers(profile)["B-enrolment-fr"])
    (found,) = zxingcpp.read_barcodes(picture)
    corner, opposite = found.position.top_left, found.position.bottom_right
    zone = 3 * 8  # dots: three modules and a white line's rest, as printers themselves leave no more
    around = picture.crop((corner.x - zone, corner.y - zone, opposite.x + zone, corner.y - 2))
    assert around.getextrema() == (255, 255)


@of_every_model
def test_the_code_page_is_chosen_once_and_never_left(profile: PrinterProfile) -> None:
    chosen = b"\x1bt" + bytes([profile.code_page])
    assert [name for name, job in jobs(profile).items() if job.count(b"\x1bt") != 1 or chosen not in job] == []


@of_every_model
def test_no_job_holds_a_byte_that_a_printer_obeys_while_it_receives(profile: PrinterProfile) -> None:
    """DLE EOT and DLE DC4 are obeyed wherever they stand, in the dots of a picture too."""
    assert [name for name, job in jobs(profile).items() if b"\x10\x04" in job or b"\x10\x14" in job] == []


@of_every_model
def test_the_simulated_printer_knows_every_command(profile: PrinterProfile) -> None:
    assert [name for name, paper in papers(profile).items() if paper.unknown] == []
