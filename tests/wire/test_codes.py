from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import load_vectors
from wire.codes import ALPHABET, ActivationCode, Locator
from wire.errors import IdentifierError

VECTORS = load_vectors("wire/codes.json")
SECRETS = st.binary(min_size=10, max_size=10)


@pytest.mark.parametrize("vector", VECTORS["codes"])
def test_published_codes_are_printed_and_read_the_same(vector: dict[str, str]) -> None:
    code = ActivationCode(bytes.fromhex(vector["secret"]))
    assert code.grouped() == vector["printed"]
    assert ActivationCode.parse(vector["printed"]) == code


@pytest.mark.parametrize("vector", VECTORS["locators"])
def test_published_locators_are_printed_and_read_the_same(vector: dict[str, str]) -> None:
    assert Locator.new(bytes.fromhex(vector["entropy"])).grouped() == vector["printed"]


@given(SECRETS)
def test_what_a_tired_hand_types_is_understood(secret: bytes) -> None:
    printed = ActivationCode(secret).grouped()
    typed = printed.lower().replace("0", "o").replace("1", "l").replace("-", " ", 1).replace("-", "\n", 1)
    assert ActivationCode.parse(f"  {typed} ").secret == secret


@given(SECRETS, st.integers(0, 16), st.sampled_from(ALPHABET))
def test_one_wrong_symbol_is_a_typing_error_not_a_wrong_code(secret: bytes, place: int, symbol: str) -> None:
    printed = ActivationCode(secret).grouped().replace("-", "")
    if printed[place] == symbol:
        return
    with pytest.raises(IdentifierError) as caught:
        ActivationCode.parse(printed[:place] + symbol + printed[place + 1 :])
    assert caught.value.code == "code_check"


@given(SECRETS)
def test_a_code_never_shows_itself_in_a_log(secret: bytes) -> None:
    code = ActivationCode(secret)
    assert code.grouped()[:4] not in f"{code!r} {code}"


@pytest.mark.parametrize(("text", "code"), [("ABC", "code_length"), ("U" * 17, "code_symbol"), ("", "code_length")])
def test_what_is_no_code_is_refused_without_being_repeated(text: str, code: str) -> None:
    with pytest.raises(IdentifierError) as caught:
        ActivationCode.parse(text)
    assert caught.value.code == code


def test_two_codes_are_never_the_same() -> None:
    assert len({ActivationCode.new().secret for _ in range(1000)}) == 1000


def test_a_locator_of_another_length_is_refused() -> None:
    with pytest.raises(IdentifierError):
        Locator.parse("ABCD-EFG")
