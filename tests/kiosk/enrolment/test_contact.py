from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.enrolment.contact import mobile_as_written, read_contact
from kiosk.enrolment.errors import ContactError


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("0612345678", "+33612345678"),
        ("07 56 78 90 12", "+33756789012"),
        ("06.12.34.56.78", "+33612345678"),
        ("+33 6 12 34 56 78", "+33612345678"),
        ("0692 12 34 56", "+262692123456"),  # La Réunion
        ("0690 00 12 34", "+590690001234"),  # Guadeloupe
        ("0696 20 12 34", "+596696201234"),  # Martinique
        ("0694 20 12 34", "+594694201234"),  # Guyane
        ("0639 01 23 45", "+262639012345"),  # Mayotte
    ],
)
def test_a_french_mobile_is_stored_in_one_form(typed: str, stored: str) -> None:
    assert read_contact("", typed).mobile == stored


@pytest.mark.parametrize("typed", ["05 61 00 00 00", "01 42 00 00 00", "0262 20 12 34"])
def test_a_landline_is_told_from_a_mistyped_mobile(typed: str) -> None:
    with pytest.raises(ContactError) as caught:
        read_contact("", typed)
    assert caught.value.code == "mobile_landline"


@pytest.mark.parametrize("typed", ["061234567", "06123456789", "abc", "+44 7911 123456", "0" * 40])
def test_what_is_no_french_mobile_is_refused(typed: str) -> None:
    with pytest.raises(ContactError) as caught:
        read_contact("", typed)
    assert caught.value.code == "mobile_form"


@pytest.mark.parametrize("typed", ["camille", "camille@", "@exemple.fr", "a b@exemple.fr", "x" * 250 + "@exemple.fr"])
def test_an_address_that_cannot_be_one_is_refused(typed: str) -> None:
    with pytest.raises(ContactError) as caught:
        read_contact(typed, "")
    assert caught.value.code == "email_form"


def test_both_may_be_given_and_neither_is_proved() -> None:
    contact = read_contact(" Camille.Specimen@EXEMPLE.fr ", "0612345678")
    assert (contact.email, contact.mobile) == ("Camille.Specimen@exemple.fr", "+33612345678")
    assert not contact.email_proved
    assert not contact.mobile_proved


@given(st.text(max_size=300), st.text(max_size=300))
def test_no_error_repeats_what_was_typed(email: str, mobile: str) -> None:
    assert said_of(email, mobile) in {
        "",
        "this is not built like an e-mail address",
        "a mobile number has 10 digits",
        "a mobile number begins with 06 or 07",
    }


def said_of(email: str, mobile: str) -> str:
    try:
        read_contact(email, mobile)
    except ContactError as error:
        return f"{error}{error.__cause__ or ''}"
    return ""


def test_a_stored_mobile_is_shown_as_its_owner_writes_it() -> None:
    assert mobile_as_written("+33612345678") == "06 12 34 56 78"
    assert mobile_as_written("+262692123456") == "0692 12 34 56"
