from __future__ import annotations

import io
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from kiosk.enrolment.slip import Slip
from kiosk.printer.layout import SlipLayout
from kiosk.printer.profile import NO_QR_80, TM_T20, PrinterProfile
from kiosk.printer.simulator import picture
from kiosk.printer.simulator.mechanism import Mechanism
from kiosk.printer.simulator.paper import Paper

CUT = b"\x1dVB\x00"


def _paper(job: bytes, profile: PrinterProfile = TM_T20) -> Paper:
    mechanism = Mechanism(profile)
    mechanism.receive(job, now=0.0)
    return mechanism.papers[0]


def _image(paper: Paper) -> Image.Image:
    return Image.open(io.BytesIO(paper.png()))


def _ink(job: bytes) -> int:
    """The darkness of all dots together, the grey line of the cut included."""
    shades = _image(_paper(job + b"\n" + CUT)).histogram()
    return sum((255 - shade) * count for shade, count in enumerate(shades))


@pytest.mark.parametrize("profile", [TM_T20, NO_QR_80], ids=lambda profile: profile.name)
def test_an_independent_reader_finds_the_qr_code_on_the_picture(profile: PrinterProfile, activation: Slip) -> None:
    image = _image(_paper(SlipLayout(profile).lay_out(activation), profile))

    assert [code.text for code in zxingcpp.read_barcodes(image)] == [activation.qr]


def test_the_paper_is_eighty_millimetres_wide(activation: Slip) -> None:
    assert _image(_paper(SlipLayout(TM_T20).lay_out(activation))).width == 640


def test_bold_puts_more_ink_on_the_paper() -> None:
    assert _ink(b"\x1bE\x01MMMM") > _ink(b"MMMM")


def test_double_size_puts_about_four_times_the_ink_on_the_paper() -> None:
    assert 3 < (_ink(b"\x1d!\x11MMMM") - _ink(b"")) / (_ink(b"MMMM") - _ink(b"")) < 5


def test_centred_text_leaves_the_left_of_the_paper_white() -> None:
    image = _image(_paper(b"\x1ba\x01M\n" + CUT)).crop((0, 0, 300, 60))

    assert image.getextrema() == (255, 255)


def test_no_line_is_drawn_beyond_the_printable_width() -> None:
    image = _image(_paper(b"M" * 48 + b"\n" + CUT)).crop((608, 0, 640, 60))

    assert image.getextrema() == (255, 255)


def test_without_debian_fonts_the_letters_come_from_pillow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture, "DEBIAN_FONTS", Path("/nowhere"))
    picture._font.cache_clear()
    picture._glyph.cache_clear()
    try:
        assert _ink("\x1bt\x10Éœ".encode("cp1252")) > _ink(b"")
    finally:
        picture._font.cache_clear()
        picture._glyph.cache_clear()
