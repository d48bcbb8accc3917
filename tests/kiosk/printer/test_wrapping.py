from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.printer.errors import LayoutError
from kiosk.printer.wrapping import field, label_column, unbroken, wrapped

WORDS = st.lists(st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=60), max_size=12).map(" ".join)
NO_BREAK = "\u00a0"


@given(WORDS, st.integers(16, 64))
def test_no_row_is_wider_and_no_letter_is_lost(text: str, width: int) -> None:
    rows = wrapped(text, width)

    assert max(map(len, rows)) <= width
    assert "".join(rows).replace(" ", "") == text.replace(" ", "")


@given(WORDS, WORDS, st.integers(16, 64))
def test_a_field_loses_no_letter_and_is_never_wider_either(label: str, value: str, width: int) -> None:
    rows = list(field(label, value, label_column([label], width), width))

    assert max(map(len, rows)) <= width
    assert "".join("".join(rows).split()) == "".join(f"{label}:{value}".split())


def test_a_long_address_goes_on_after_a_sign_of_its_own() -> None:
    assert wrapped("Allez sur https://mon-espace.essai.exemple.fr/activation vite", 32) == [
        "Allez sur",
        "https://mon-espace.essai.",
        "exemple.fr/activation vite",
    ]


def test_a_long_word_without_such_a_sign_is_broken_at_the_edge() -> None:
    assert wrapped("X" * 20, 16) == ["X" * 16, "X" * 4]


def test_nothing_is_one_empty_row() -> None:
    assert wrapped("", 32) == [""]


def test_a_code_as_wide_as_the_paper_stays_whole() -> None:
    assert unbroken("K7QD-3M9X-T0ZB-W", 16) == "K7QD-3M9X-T0ZB-W"


def test_a_code_wider_than_the_paper_is_refused() -> None:
    with pytest.raises(LayoutError, match="wider than the 16 characters"):
        unbroken("K7QD-3M9X-T0ZB-W4", 16)


@pytest.mark.parametrize(("width", "column"), [(48, 20), (42, 17), (32, 13)])
def test_labels_take_no_more_than_their_share_of_the_paper(width: int, column: int) -> None:
    assert label_column(["x" * length for length in range(1, 40)], width) == column


def test_a_number_too_long_for_its_column_stands_with_its_label_where_both_fit() -> None:
    number = "T-HALL-01-20261122-42E9FBD3"
    assert list(field("Accusé n°", number, 20, 48)) == [f"Accusé n°{NO_BREAK}: {number}"]


def test_a_number_too_long_for_both_stands_under_its_label() -> None:
    number = "T-HALL-01-20261122-42E9FBD3"
    assert list(field("Accusé n°", number, 13, 32)) == [f"Accusé n°{NO_BREAK}:", f"  {number}"]


def test_a_number_with_spaces_is_not_torn_apart_where_it_fits_beside_its_label() -> None:
    assert list(field("N° de sécu", "1 00 ** ** *** ***", 13, 32)) == [f"N° de sécu{NO_BREAK}: 1 00 ** ** *** ***"]


def test_a_word_as_wide_as_the_paper_stands_whole_under_its_label() -> None:
    word = "Deux-Châteaux-Saint-Barthélemyss"
    assert list(field("Lieu", word, 13, 32)) == [f"Lieu{NO_BREAK}:", word]
