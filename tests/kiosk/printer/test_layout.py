from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from kiosk.enrolment.slip import LineRole, Slip, SlipKind, SlipLine
from kiosk.printer.errors import LayoutError
from kiosk.printer.layout import SlipLayout
from kiosk.printer.profile import CLONE_80, NO_QR_80, TM_T20, Cut, PrinterProfile
from kiosk.printer.simulator.mechanism import Mechanism
from kiosk.printer.simulator.paper import Paper, QrSymbol, Raster, TextLine

ROOT = Path(__file__).parents[3]
CONTENT = "https://activation.example/#L=AB3D9KXM&C=K7QD-3M9X-T0ZB-W4NE-6"
UPPER = "ÀÂÄÆÇÉÈÊËÎÏÔŒÖÙÛÜŸ€«»’–…"  # noqa: RUF001 - these very signs must print
LOWER = "àâäæçéèêëîïôœöùûüÿ"


@pytest.fixture(scope="module")
def layout() -> SlipLayout:
    return SlipLayout(TM_T20)


def _slip(*lines: SlipLine, qr: str | None = None, qr_after: int | None = None) -> Slip:
    return Slip(SlipKind.ACKNOWLEDGEMENT, 1, lines, qr, qr_after)


def _paper(job: bytes, profile: PrinterProfile = TM_T20) -> Paper:
    mechanism = Mechanism(profile)
    mechanism.receive(job, now=0.0)
    (paper,) = mechanism.papers
    return paper


def _text(layout: SlipLayout, *lines: SlipLine) -> str:
    return _paper(layout.lay_out(_slip(*lines))).text


@pytest.mark.parametrize("role", [LineRole.TITLE, LineRole.HEADING, LineRole.TEXT, LineRole.CODE, LineRole.SMALL])
@pytest.mark.parametrize("letters", [UPPER, LOWER])
def test_every_french_letter_comes_out_in_every_role(layout: SlipLayout, role: LineRole, letters: str) -> None:
    assert _text(layout, SlipLine(role, letters)).strip() == letters


def test_a_job_begins_by_choosing_the_code_page_by_its_number(layout: SlipLayout) -> None:
    assert layout.lay_out(_slip()).startswith(b"\x1b@\x1bR\x00\x1bt\x10")


def test_a_printer_that_wakes_in_a_two_byte_mode_is_taken_out_of_it() -> None:
    assert SlipLayout(CLONE_80).lay_out(_slip()).startswith(b"\x1b@\x1c.\x1bR\x00\x1bt\x10")


def test_a_code_page_number_of_another_model_is_the_one_sent() -> None:
    profile = msgspec.structs.replace(TM_T20, code_page=71, code_pages={71: "cp1252"})

    assert b"\x1bt\x47" in SlipLayout(profile).lay_out(_slip())


def test_running_text_wraps_at_words_within_the_paper(layout: SlipLayout) -> None:
    text = _text(layout, SlipLine(LineRole.TEXT, "mot " * 40))

    assert {len(row) for row in text.splitlines()} == {47, 15}


def test_no_line_begins_with_a_colon(layout: SlipLayout) -> None:
    text = _text(layout, SlipLine(LineRole.TEXT, "x" * 40 + " centre : oui"))

    assert text.splitlines() == ["x" * 40, "centre : oui"]


def test_a_word_with_hyphens_is_not_cut_at_them(layout: SlipLayout) -> None:
    text = _text(layout, SlipLine(LineRole.TEXT, "y" * 40 + " K7QD-3M9X-T0ZB-W4NE-6"))

    assert text.splitlines()[1] == "K7QD-3M9X-T0ZB-W4NE-6"


def test_the_values_of_all_fields_begin_in_one_column(layout: SlipLayout) -> None:
    text = _text(layout, SlipLine(LineRole.FIELD, "A", "Nom"), SlipLine(LineRole.FIELD, "B", "Né(e) le"))

    assert text.splitlines() == ["Nom      : A", "Né(e) le : B"]


def test_a_long_value_wraps_under_itself(layout: SlipLayout) -> None:
    text = _text(layout, SlipLine(LineRole.FIELD, "rue de la Paix " * 4, "Lieu"))

    first, second = text.splitlines()
    assert first.startswith("Lieu : rue")
    assert second.startswith("       Paix")


def test_a_number_too_long_for_its_column_is_not_cut(layout: SlipLayout) -> None:
    number = "COMPTOIR-75-01-20261122-42E9FBD3"
    others = (SlipLine(LineRole.FIELD, "1", "Un libellé assez long"), SlipLine(LineRole.FIELD, "x", "Borne"))
    text = _text(layout, *others, SlipLine(LineRole.FIELD, number, "Accusé n°"))
    assert f"Accusé n° : {number}" in text.replace("\u00a0", " ")


def test_a_label_too_long_for_its_column_stands_beside_a_value_that_still_fits(layout: SlipLayout) -> None:
    text = _text(layout, SlipLine(LineRole.FIELD, "oui", "Accès des médecins du centre 15"))

    assert text.splitlines() == ["Accès des médecins du centre 15 : oui"]


def test_a_label_too_long_for_its_column_stands_above_its_value(layout: SlipLayout) -> None:
    text = _text(layout, SlipLine(LineRole.FIELD, "oui, dès aujourd'hui", "Accès des médecins du centre 15"))

    assert text.splitlines() == ["Accès des médecins du centre 15 :", "  oui, dès aujourd'hui"]


def test_a_code_is_centred_and_twice_as_large_but_not_bold(layout: SlipLayout) -> None:
    paper = _paper(layout.lay_out(_slip(SlipLine(LineRole.CODE, "AB3D9KXM"))))

    (line,) = paper.elements
    assert isinstance(line, TextLine)
    style = line.runs[0].style
    assert (line.align, style.bold, style.wide, style.high) == ("center", False, 2, 2)


def test_a_code_wider_than_the_paper_is_refused_not_wrapped(layout: SlipLayout) -> None:
    with pytest.raises(LayoutError, match="wider than the 24 characters"):
        layout.lay_out(_slip(SlipLine(LineRole.CODE, "A" * 25)))


def test_a_refused_slip_leaves_nothing_in_the_next_one(layout: SlipLayout) -> None:
    with pytest.raises(LayoutError):
        layout.lay_out(_slip(SlipLine(LineRole.TITLE, "Avant"), SlipLine(LineRole.CODE, "A" * 25)))

    assert _text(layout, SlipLine(LineRole.TEXT, "Après")) == "Après\n"


def test_the_error_does_not_tell_the_code(layout: SlipLayout) -> None:
    with pytest.raises(LayoutError) as caught:
        layout.lay_out(_slip(SlipLine(LineRole.CODE, "K7QD3M9XT0ZBW4NE6K7QD3M9XT0ZB")))

    assert "K7QD" not in str(caught.value)


def test_the_qr_code_stands_where_the_slip_wants_it(layout: SlipLayout) -> None:
    lines = (SlipLine(LineRole.TEXT, "avant"), SlipLine(LineRole.BLANK), SlipLine(LineRole.TEXT, "après"))

    text = _paper(layout.lay_out(_slip(*lines, qr=CONTENT, qr_after=2))).text

    assert text.splitlines() == ["avant", "", f"[QR {CONTENT}]", "", "après"]


def test_a_qr_code_without_a_place_comes_last(layout: SlipLayout) -> None:
    text = _paper(layout.lay_out(_slip(SlipLine(LineRole.TEXT, "avant"), qr=CONTENT))).text

    assert text.splitlines() == ["avant", "", f"[QR {CONTENT}]", ""]


def test_the_native_qr_code_is_centred_and_as_large_as_reads_well(layout: SlipLayout) -> None:
    paper = _paper(layout.lay_out(_slip(qr=CONTENT)))

    (symbol,) = (element for element in paper.elements if isinstance(element, QrSymbol))
    assert (symbol.align, symbol.module, symbol.level, symbol.content) == ("center", 8, "M", CONTENT)


@pytest.mark.parametrize("content", ["https://é.example", "abc\x10\x04\x01", "a\nb"])
def test_a_qr_code_that_could_carry_a_command_is_refused(layout: SlipLayout, content: str) -> None:
    with pytest.raises(LayoutError, match="printable ASCII"):
        layout.lay_out(_slip(qr=content))


def test_a_printer_without_qr_codes_gets_a_picture() -> None:
    paper = _paper(SlipLayout(NO_QR_80).lay_out(_slip(qr=CONTENT)), NO_QR_80)

    assert [element.align for element in paper.elements if isinstance(element, Raster)] == ["center"]


def test_an_activation_slip_stays_under_a_kilobyte(layout: SlipLayout, activation: Slip) -> None:
    assert len(layout.lay_out(activation)) <= 1024


@pytest.mark.parametrize(
    ("cut", "end"), [(Cut.PARTIAL, b"\x1dVB\x00"), (Cut.FULL, b"\x1bd\x06\x1dV\x00"), (Cut.NONE, b"\x1bd\x06")]
)
def test_the_slip_ends_as_the_printer_cuts(cut: Cut, end: bytes) -> None:
    assert SlipLayout(msgspec.structs.replace(TM_T20, cut=cut)).lay_out(_slip()).endswith(end)


def test_the_simulated_printer_knows_every_command_of_a_slip(
    layout: SlipLayout, activation: Slip, acknowledgement: Slip
) -> None:
    assert _paper(layout.lay_out(activation)).unknown == ()
    assert _paper(layout.lay_out(acknowledgement)).unknown == ()


def test_the_same_slip_gives_the_same_bytes_from_a_kept_layout(layout: SlipLayout, activation: Slip) -> None:
    assert layout.lay_out(activation) == layout.lay_out(activation) == SlipLayout(TM_T20).lay_out(activation)


def test_nothing_of_a_slip_stays_in_the_kept_layout(layout: SlipLayout, activation: Slip) -> None:
    layout.lay_out(activation)

    assert layout._escpos.output == b""


def test_importing_the_layout_does_not_import_escpos() -> None:
    code = "import sys, kiosk.printer.thermal; sys.exit('escpos' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=ROOT).returncode == 0
