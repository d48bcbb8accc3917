from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.fr import nir as independent

from tests.conftest import load_vectors
from wire.errors import IdentifierError
from wire.nir import Ins, InsAuthority, Nir, NirKind, key_of

VECTORS = load_vectors("wire/nir.json")


@pytest.mark.parametrize(("text", "key"), VECTORS["valid"])
def test_published_numbers_are_accepted(text: str, key: int) -> None:
    assert Nir.parse(text).compact == text
    assert key_of(text[:13]) == key == int(text[13:])


@pytest.mark.parametrize(("text", "code"), VECTORS["refused"])
def test_wrong_numbers_are_refused_with_their_code(text: str, code: str) -> None:
    with pytest.raises(IdentifierError) as caught:
        Nir.parse(text)
    assert caught.value.code == code


@pytest.mark.parametrize("text", [text for text, _ in VECTORS["valid"] if text[0] in "12"])
def test_an_independent_implementation_agrees_on_the_key(text: str) -> None:
    assert independent.calc_check_digits(text) == text[13:]


def test_the_refusal_never_repeats_the_number() -> None:
    with pytest.raises(IdentifierError) as caught:
        Nir.parse("185027505612341")
    assert "1850275056123" not in str(caught.value)


def test_no_part_of_the_number_is_in_its_repr() -> None:
    nir = Nir.parse("185027505612340")
    assert "75056" not in f"{nir!r} {nir} {nir.masked()}"


def test_separators_of_paper_do_not_count() -> None:
    assert Nir.parse("2 85 02 2a 004\u00a0001-80").body == "285022A004001"


@pytest.mark.parametrize("first", "12")
def test_a_number_that_begins_with_one_or_two_is_a_real_one(first: str) -> None:
    body = first + "850275056123"
    assert Nir.parse(f"{body}{key_of(body):02d}").kind is NirKind.NIR


@pytest.mark.parametrize("first", "345678")
def test_provisional_numbers_are_known(first: str) -> None:
    body = first + "134900000123"
    assert Nir.parse(f"{body}{key_of(body):02d}").kind is NirKind.PROVISIONAL


def test_a_provisional_number_never_becomes_an_ins_nir() -> None:
    body = "7134900000123"
    with pytest.raises(IdentifierError, match="provisional"):
        Ins(Nir.parse(f"{body}{key_of(body):02d}"), InsAuthority.NIR_TEST)


@given(st.text(max_size=20))
def test_any_text_is_read_or_refused_but_never_crashes(text: str) -> None:
    with contextlib.suppress(IdentifierError):
        assert key_of(Nir.parse(text).body) in range(1, 98)


@given(st.sampled_from([text for text, _ in VECTORS["valid"]]), st.integers(0, 12), st.integers(0, 9))
def test_one_wrong_digit_is_always_noticed(text: str, place: int, digit: int) -> None:
    if text[place] in "AB" or text[place] == str(digit):
        return
    with pytest.raises(IdentifierError):
        Nir.parse(text[:place] + str(digit) + text[place + 1 :])
