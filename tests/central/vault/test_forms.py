from __future__ import annotations

import pytest

from central.vault.forms import ActivationForm, FormErrors, read_form
from wire.codes import ActivationCode, Locator

LOCATOR, CODE = Locator(value="AB3D9KXM"), ActivationCode(bytes(range(10)))
PASSPHRASE = "douze lettres"


def form(**changes: str) -> ActivationForm | FormErrors:
    usual = {
        "locator": LOCATOR.grouped(),
        "code": CODE.grouped(),
        "passphrase": PASSPHRASE,
        "passphrase_again": changes.get("passphrase", PASSPHRASE),
    }
    return read_form(usual | changes)


def test_what_is_well_typed_is_read() -> None:
    assert form() == ActivationForm(LOCATOR, CODE, PASSPHRASE)


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"locator": " "}, {"locator": "empty"}),
        ({"locator": "AB3D9KX"}, {"locator": "locator_length"}),
        ({"locator": "AB3D9KX!"}, {"locator": "code_symbol"}),
        ({"code": ""}, {"code": "empty"}),
        ({"code": "AB3D"}, {"code": "code_length"}),
        ({"code": "U" * 17}, {"code": "code_symbol"}),
        ({"code": "0000-0000-0000-0000-0"}, {"code": "code_check"}),
        ({"passphrase": "onze lettre"}, {"passphrase": "passphrase_short"}),
        ({"passphrase": "a" * 257}, {"passphrase": "passphrase_long"}),
        ({"passphrase": CODE.grouped().lower()}, {"passphrase": "passphrase_is_code"}),
        ({"passphrase_again": "douze lettreS"}, {"passphrase_again": "passphrase_differs"}),
        ({"locator": "", "code": ""}, {"locator": "empty", "code": "empty"}),
    ],
)
def test_each_mistake_is_told_at_its_field(changes: dict[str, str], errors: dict[str, str]) -> None:
    found = form(**changes)
    assert isinstance(found, FormErrors)
    assert found.by_field == errors


def test_a_field_that_is_missing_is_empty() -> None:
    found = read_form({})
    assert isinstance(found, FormErrors)
    assert set(found.by_field) == {"locator", "code", "passphrase"}


def test_an_endless_field_is_cut_before_it_is_looked_at() -> None:
    found = form(locator="A" * 100_000)
    assert isinstance(found, FormErrors)
    assert len(found.locator_typed) == 80


def test_nothing_typed_shows_in_a_repr() -> None:
    found = form(passphrase="court")
    assert repr(form()).count(PASSPHRASE) + repr(found).count(LOCATOR.grouped()) == 0
