from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.enrolment.scan import LONGEST, SHORTEST, ScannedCode, is_prefix, read_scan


def test_a_scan_is_taken_without_its_prefix() -> None:
    assert read_scan("]Q1ABCDEFGH", "]Q1") == ScannedCode("ABCDEFGH")


def test_without_a_prefix_all_of_it_is_the_code() -> None:
    assert read_scan("ABCDEFGH", "") == ScannedCode("ABCDEFGH")


def test_what_lacks_the_scanners_prefix_was_typed_by_something_else() -> None:
    assert read_scan("ABCDEFGH", "]Q1") is None


@pytest.mark.parametrize("length", [0, SHORTEST - 1, LONGEST + 1])
def test_too_short_or_too_long_is_no_scan(length: int) -> None:
    assert read_scan("x" * length, "") is None


@pytest.mark.parametrize("text", ["ABCD\nEFGH", "ABCD\x00EFGH", "ABCD\x1bEFGH"])
def test_what_cannot_be_printed_is_no_scan(text: str) -> None:
    assert read_scan(text, "") is None


@given(st.text(min_size=SHORTEST, max_size=40))
def test_a_code_says_nothing_of_itself(text: str) -> None:
    code = ScannedCode(text)
    assert f"{code!r} {code} {[code]}" == f"{ScannedCode('')!r} {ScannedCode('')} {[ScannedCode('')]}"
    with pytest.raises(dataclasses.FrozenInstanceError):
        code.text = ""  # type: ignore[misc]


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("", True), ("]Q1", True), ("~APCV~", True), ("a b", False), ("é", False), ("123456789", False)],
)
def test_a_prefix_is_a_few_plain_characters(text: str, is_one: bool) -> None:
    assert is_prefix(text) is is_one
