from __future__ import annotations

import pytest

from kiosk.enrolment.languages import load_languages
from kiosk.enrolment.slip import OF_A_RECORD, LineRole
from kiosk.enrolment.trial_slip import trial_slip
from kiosk.printer.charset import SUBSTITUTES, transliterated
from kiosk.printer.profile import profile_named, profile_names
from tests.fakes.printed_paper import paper_of
from tests.fakes.programme import PRESENT
from wire.identifiers import terminal_id

PRINTED = [texts for texts in load_languages().values() if texts.language.prints]
SLIPS = [trial_slip(terminal_id("T-HALL-01"), PRESENT, texts.slips) for texts in PRINTED]


@pytest.mark.parametrize("name", profile_names())
def test_it_names_the_model_and_shows_its_first_and_last_column(name: str) -> None:
    profile = profile_named(name)
    for slip in SLIPS:
        rows = paper_of(slip, profile).text.splitlines()
        scales = [len(row.strip()) for row in rows if row.strip().startswith("123456789012345678901234567890")]
        assert scales == [profile.columns_a, profile.columns_b]
        assert f"({name})" in " ".join(rows)


def test_it_shows_every_style_and_every_letter_of_french() -> None:
    for slip in SLIPS:
        assert {line.role for line in slip.lines} == set(LineRole)
        letters = "".join(line.text for line in slip.lines)
        assert not set("àâæçéèêëîïôœùûüÿÀÂÆÇÉÈÊËÎÏÔŒÙÛÜŸ0123456789€«»") - set(letters)


def test_every_sign_of_it_can_be_printed() -> None:
    for slip in SLIPS:
        meant = "".join(line.text + line.label for line in slip.lines)
        for name in profile_names():
            printed = transliterated(meant, profile_named(name).encoding)
            assert [printed.count(one) for one in SUBSTITUTES] == [meant.count(one) for one in SUBSTITUTES]


def test_it_belongs_to_no_record() -> None:
    assert SLIPS[0].kind not in OF_A_RECORD
