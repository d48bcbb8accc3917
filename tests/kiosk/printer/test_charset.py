from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.printer.charset import NO_BREAK_SPACE, SUBSTITUTE, to_cp1252

FRENCH = "àâäæçéèêëîïôœöùûüÿÀÂÄÆÇÉÈÊËÎÏÔŒÖÙÛÜŸ€«»’–—…"  # noqa: RUF001 - these very signs must print


@pytest.mark.parametrize("character", FRENCH)
def test_every_french_letter_and_sign_stays_itself(character: str) -> None:
    assert to_cp1252(character) == character


@pytest.mark.parametrize("character", FRENCH)
def test_a_letter_sent_as_base_and_accent_becomes_the_one_letter(character: str) -> None:
    assert to_cp1252(unicodedata.normalize("NFD", character)) == character


@pytest.mark.parametrize(
    ("written", "printed"),
    [("Dvořák", "Dvorák"), ("Łukasz", "Lukasz"), ("Őrség", "Orség"), ("Đorđe", "Dorde"), ("Ştefan", "Stefan")],
)
def test_a_letter_outside_the_code_page_loses_its_marks_only(written: str, printed: str) -> None:
    assert to_cp1252(written) == printed


def test_a_letter_of_another_script_becomes_a_sign_that_is_no_letter() -> None:
    assert to_cp1252("Ж中") == SUBSTITUTE * 2


def test_a_name_that_carries_printer_commands_prints_as_plain_letters() -> None:
    assert to_cp1252("MARTIN\x1b@\x10\x04\x01\x1dV\x00") == "MARTIN@V"


def test_line_ends_and_tabs_in_a_text_become_spaces() -> None:
    assert to_cp1252("rue\tdu\nBac") == "rue du Bac"


def test_an_invisible_character_disappears() -> None:
    assert to_cp1252("Ma\u200brie\u00ad") == "Marie"


def test_a_space_before_a_french_colon_does_not_break() -> None:
    assert to_cp1252("Aide : « oui » ?") == (
        f"Aide{NO_BREAK_SPACE}: «{NO_BREAK_SPACE}oui{NO_BREAK_SPACE}»{NO_BREAK_SPACE}?"
    )


@given(st.text())
def test_no_text_at_all_fails_or_gains_a_question_mark(text: str) -> None:
    encoded = to_cp1252(text).encode("cp1252")

    assert encoded.count(b"?") == unicodedata.normalize("NFC", text).count("?") + _wide_marks(text)


@given(st.text())
def test_no_text_at_all_gives_a_control_byte(text: str) -> None:
    assert all(byte >= 0x20 for byte in to_cp1252(text).encode("cp1252"))


def _wide_marks(text: str) -> int:
    """Question marks of other widths, whose plain form is a question mark."""
    return sum(
        unicodedata.normalize("NFKD", character).count("?")
        for character in unicodedata.normalize("NFC", text)
        if character != "?"
    )
