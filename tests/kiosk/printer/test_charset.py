from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.printer.charset import NO_BREAK_SPACE, SUBSTITUTE, SUBSTITUTES, on_paper, transliterated
from kiosk.printer.profile import profile_named, profile_names

FRENCH = "àâäæçéèêëîïôœöùûüÿÀÂÄÆÇÉÈÊËÎÏÔŒÖÙÛÜŸ€«»’–—…"  # noqa: RUF001 - these very signs must print
CP1252 = "cp1252"
PAGES = sorted({page for name in profile_names() for page in profile_named(name).code_pages.values()})
NUMBERS = [(name, profile_named(name).encoding) for name in profile_names()]

# What each page of a profile prints for the letters and signs it has not; every other one it prints as it is.
STAND_INS = {
    "cp1252": {},
    "cp437": {
        **dict.fromkeys("ÀÂ", "A"),
        **dict.fromkeys("ÈÊË", "E"),
        **dict.fromkeys("ÎÏ", "I"),
        **dict.fromkeys("ÙÛ", "U"),
        **dict.fromkeys("–—", "-"),  # noqa: RUF001 - the dashes of French print
        "Ô": "O",
        "Ÿ": "Y",
        "œ": "oe",
        "Œ": "OE",
        "€": "EUR",
        "\N{RIGHT SINGLE QUOTATION MARK}": "'",
        "…": "...",
    },
}


@pytest.mark.parametrize(("name", "page"), NUMBERS)
@pytest.mark.parametrize("character", FRENCH)
def test_every_french_letter_and_sign_comes_out_or_is_written_by_rule(name: str, page: str, character: str) -> None:
    expected = STAND_INS[page].get(character, character)

    assert on_paper(transliterated(character, page), page).decode(page) == expected


@pytest.mark.parametrize("character", FRENCH)
def test_a_letter_sent_as_base_and_accent_becomes_the_one_letter(character: str) -> None:
    assert transliterated(unicodedata.normalize("NFD", character), CP1252) == character


@pytest.mark.parametrize(
    ("written", "printed"),
    [("Dvořák", "Dvorák"), ("Łukasz", "Lukasz"), ("Őrség", "Orség"), ("Đorđe", "Dorde"), ("Ştefan", "Stefan")],
)
def test_a_letter_outside_the_code_page_loses_its_marks_only(written: str, printed: str) -> None:
    assert transliterated(written, CP1252) == printed


def test_a_letter_of_another_script_becomes_a_sign_that_is_no_letter() -> None:
    assert transliterated("Ж中", CP1252) == SUBSTITUTE * 2


def test_a_page_without_that_sign_has_another_that_is_no_letter() -> None:
    assert transliterated("Ж中", "cp437") == "##"


@pytest.mark.parametrize("page", PAGES)
def test_a_name_that_carries_printer_commands_prints_as_plain_letters(page: str) -> None:
    assert transliterated("MARTIN\x1b@\x10\x04\x01\x1dV\x00", page) == "MARTIN@V"


def test_line_ends_and_tabs_in_a_text_become_spaces() -> None:
    assert transliterated("rue\tdu\nBac", CP1252) == "rue du Bac"


def test_an_invisible_character_disappears() -> None:
    assert transliterated("Ma\u200brie\u00ad", CP1252) == "Marie"


def test_a_space_before_a_french_colon_does_not_break() -> None:
    assert transliterated("Aide : « oui » ?", CP1252) == (
        f"Aide{NO_BREAK_SPACE}: «{NO_BREAK_SPACE}oui{NO_BREAK_SPACE}»{NO_BREAK_SPACE}?"
    )


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("space", [NO_BREAK_SPACE, "\u202f", "\u2007"])
def test_a_space_that_does_not_break_is_a_plain_space_on_paper(space: str, page: str) -> None:
    assert on_paper(transliterated(f"36{space}46", page), page) == b"36 46"


@given(st.text(), st.sampled_from(PAGES))
def test_no_text_at_all_fails_or_gains_a_question_mark(text: str, page: str) -> None:
    printed = on_paper(transliterated(text, page), page)

    assert printed.count(b"?") == unicodedata.normalize("NFC", text).count("?") + _wide_marks(text)


@given(st.text(), st.sampled_from(PAGES))
def test_no_text_at_all_gives_a_control_byte(text: str, page: str) -> None:
    assert all(byte >= 0x20 for byte in on_paper(transliterated(text, page), page))


@pytest.mark.parametrize("page", PAGES)
def test_no_letter_of_western_europe_becomes_the_sign_for_what_cannot_be_printed(page: str) -> None:
    letters = [one for one in bytes(range(256)).decode(CP1252, errors="ignore") if one.isalpha()]

    assert [one for one in letters if transliterated(one, page) in SUBSTITUTES] == []


def _wide_marks(text: str) -> int:
    """Question marks of other widths, whose plain form is a question mark."""
    return sum(
        unicodedata.normalize("NFKD", character).count("?")
        for character in unicodedata.normalize("NFC", text)
        if character != "?"
    )
