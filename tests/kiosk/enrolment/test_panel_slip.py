from __future__ import annotations

import pytest

from kiosk.enrolment.languages import load_languages
from kiosk.enrolment.panel_slip import trial_slip
from kiosk.enrolment.slip import OF_A_RECORD, LineRole
from kiosk.printer.charset import SUBSTITUTE, to_cp1252
from kiosk.printer.layout import SlipLayout
from kiosk.printer.profile import CLONE_80, TM_T20, PrinterProfile
from tests.fakes.programme import PRESENT
from wire.identifiers import terminal_id

PRINTED = [texts for texts in load_languages().values() if texts.language.prints]
SLIPS = [trial_slip(terminal_id("T-HALL-01"), PRESENT, texts.slips) for texts in PRINTED]


@pytest.mark.parametrize("profile", [TM_T20, CLONE_80], ids=lambda profile: profile.name)
def test_it_fits_every_paper_with_its_code_and_is_cut(profile: PrinterProfile) -> None:
    for slip in SLIPS:
        job = SlipLayout(profile).lay_out(slip)
        assert b"TEST T-HALL-01" in job


def test_it_shows_every_style_and_every_letter_of_french() -> None:
    for slip in SLIPS:
        assert {line.role for line in slip.lines} == set(LineRole) - {LineRole.BLANK}
        letters = "".join(line.text for line in slip.lines)
        assert not set("àâæçéèêëîïôœùûüÿÀÂÆÇÉÈÊËÎÏÔŒÙÛÜŸ0123456789€«»") - set(letters)


def test_every_sign_of_it_can_be_printed() -> None:
    for slip in SLIPS:
        meant = "".join(line.text + line.label for line in slip.lines)
        assert to_cp1252(meant).count(SUBSTITUTE) == meant.count(SUBSTITUTE)


def test_it_belongs_to_no_record() -> None:
    assert SLIPS[0].kind not in OF_A_RECORD
