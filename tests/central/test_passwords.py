"""Hashes of what people remember."""

from __future__ import annotations

import pytest

from central.passwords import OWASP_MINIMUM, Argon2Cost, Passwords, generate_password, generate_pin

CHEAPEST = Argon2Cost(time=1, memory_kib=8, lanes=1)


def test_a_hash_says_its_own_cost_so_that_a_terminal_can_check_a_pin() -> None:
    assert Passwords().hash("4711").startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_the_shipped_cost_is_not_below_the_recommendation() -> None:
    assert (OWASP_MINIMUM.time, OWASP_MINIMUM.memory_kib) >= (2, 19 * 1024)


@pytest.mark.parametrize(("tried", "right"), [("correct", True), ("Correct", False), ("", False)])
def test_only_the_very_password_matches(tried: str, right: bool) -> None:
    passwords = Passwords(CHEAPEST)
    assert passwords.matches(passwords.hash("correct"), tried) is right


def test_nobody_has_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("central.passwords.secrets.token_hex", lambda _bytes: "known")
    assert Passwords(CHEAPEST).matches(None, "known") is False


def test_a_damaged_hash_matches_nothing() -> None:
    assert Passwords(CHEAPEST).matches("$argon2id$rubbish", "x") is False


def test_two_hashes_of_one_password_differ() -> None:
    passwords = Passwords(CHEAPEST)
    assert passwords.hash("same") != passwords.hash("same")


def test_generated_secrets_have_their_form() -> None:
    assert [len(group) for group in generate_password().split("-")] == [4, 4, 4, 4]
    assert len(generate_pin()) == 6
    assert generate_pin().isdigit()
