from __future__ import annotations

import pytest

from kiosk.enrolment.errors import PairingError
from kiosk.enrolment.pairing import CODE_LIVES_S, TRIES, Pairing, new_code, new_token

CODE = "482913"


@pytest.fixture
def pairing() -> Pairing:
    tokens = iter(("first", "second", "third"))
    made = Pairing(lambda: CODE, lambda: next(tokens))
    made.offer(0.0)
    return made


def refused(pairing: Pairing, typed: str, now: float = 0.0) -> str:
    with pytest.raises(PairingError) as refusal:
        pairing.pair(typed, now)
    return refusal.value.code


@pytest.mark.parametrize("typed", [CODE, "482 913", " 482913 "])
def test_the_code_shown_pairs_however_it_is_grouped(typed: str, pairing: Pairing) -> None:
    token = pairing.pair(typed, CODE_LIVES_S - 1)
    assert pairing.knows(token)


@pytest.mark.parametrize("typed", ["", "482914", "48291", "4829130", "٤٨٢٩١٣"])
def test_anything_else_does_not(typed: str, pairing: Pairing) -> None:
    assert refused(pairing, typed) == "pairing_wrong"
    assert not pairing.is_paired


def test_a_code_dies_after_five_minutes(pairing: Pairing) -> None:
    assert refused(pairing, CODE, CODE_LIVES_S) == "pairing_none"
    assert pairing.code is None


def test_five_wrong_tries_end_a_code_and_the_right_one_comes_too_late(pairing: Pairing) -> None:
    said = [refused(pairing, "000000") for _ in range(TRIES)]
    assert said == ["pairing_wrong"] * (TRIES - 1) + ["pairing_none"]
    assert refused(pairing, CODE) == "pairing_none"


def test_a_code_works_once(pairing: Pairing) -> None:
    pairing.pair(CODE, 0.0)
    assert refused(pairing, CODE) == "pairing_none"


def test_a_new_pairing_kills_the_old(pairing: Pairing) -> None:
    first = pairing.pair(CODE, 0.0)
    pairing.offer(1.0)
    assert pairing.knows(first)  # a code that is merely shown binds nobody and frees nobody
    second = pairing.pair(CODE, 1.0)
    assert (pairing.knows(first), pairing.knows(second)) == (False, True)


def test_a_new_code_has_its_own_tries(pairing: Pairing) -> None:
    for _ in range(TRIES - 1):
        refused(pairing, "000000")
    pairing.offer(0.0)
    assert refused(pairing, "000000") == "pairing_wrong"


def test_unpaired_nobody_is_known(pairing: Pairing) -> None:
    token = pairing.pair(CODE, 0.0)
    pairing.unpair()
    assert not pairing.knows(token)
    assert not pairing.knows("")


def test_unpairing_takes_a_code_away_too(pairing: Pairing) -> None:
    pairing.unpair()
    assert refused(pairing, CODE) == "pairing_none"


def test_what_was_typed_is_in_no_error(pairing: Pairing) -> None:
    with pytest.raises(PairingError) as refusal:
        pairing.pair("482914", 0.0)
    assert "482914" not in repr(refusal.value)


def test_codes_are_six_digits_and_tokens_are_long() -> None:
    codes = {new_code() for _ in range(50)}
    assert all(len(code) == 6 and code.isdigit() for code in codes)
    assert len(codes) > 40
    assert len(new_token()) >= 43
