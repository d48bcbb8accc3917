from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.enrolment.contact import _SAID, mobile_as_written, read_contact
from kiosk.enrolment.errors import ContactError
from kiosk.enrolment.languages import load_languages


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("0612345678", "+33612345678"),
        ("07 56 78 90 12", "+33756789012"),
        ("06.12.34.56.78", "+33612345678"),
        ("+33 6 12 34 56 78", "+33612345678"),
        ("0033 6 12 34 56 78", "+33612345678"),
        ("0692 12 34 56", "+262692123456"),  # La Réunion
        ("0690 00 12 34", "+590690001234"),  # Guadeloupe, Saint-Barthélemy, Saint-Martin
        ("0696 20 12 34", "+596696201234"),  # Martinique
        ("0694 20 12 34", "+594694201234"),  # Guyane
        ("0639 01 23 45", "+262639012345"),  # Mayotte
        ("+687 75 12 34", "+687751234"),  # Nouvelle-Calédonie
        ("00 689 87 12 34 56", "+68987123456"),  # Polynésie française
        ("+681 82 12 34", "+681821234"),  # Wallis-et-Futuna
        ("+508 55 12 34", "+508551234"),  # Saint-Pierre-et-Miquelon
    ],
)
def test_a_french_mobile_is_stored_in_one_form(typed: str, stored: str) -> None:
    assert read_contact("", typed).mobile == stored


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("05 61 00 00 00", "mobile_landline"),
        ("01 42 00 00 00", "mobile_landline"),
        ("0262 20 12 34", "mobile_landline"),
        ("+508 41 22 33", "mobile_landline"),
        ("061234567", "mobile_short"),
        ("06123456789", "mobile_long"),
        ("0" * 40, "mobile_long"),
        ("07 00 00 00 00", "mobile_form"),
        ("abc", "mobile_form"),
        ("+33 6 12", "mobile_form"),
        ("+44 7911 123456", "mobile_foreign"),
        ("+32 470 12 34 56", "mobile_foreign"),
        ("87 12 34 56", "mobile_overseas"),
    ],
)
def test_each_wrong_number_has_its_own_word(typed: str, code: str) -> None:
    with pytest.raises(ContactError) as caught:
        read_contact("", typed)
    assert caught.value.code == code


def test_six_digits_that_two_territories_share_are_never_guessed() -> None:
    with pytest.raises(ContactError) as caught:
        read_contact("", "82 12 34")
    assert caught.value.code == "mobile_overseas"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("camille", "email_at"),
        ("camille@exemple@fr", "email_at"),
        ("a b@exemple.fr", "email_space"),
        ("camille@exemple", "email_dot"),
        ("camille@", "email_form"),
        ("@exemple.fr", "email_form"),
        ("x" * 250 + "@exemple.fr", "email_form"),
    ],
)
def test_each_wrong_address_has_its_own_word(typed: str, code: str) -> None:
    with pytest.raises(ContactError) as caught:
        read_contact(typed, "")
    assert caught.value.code == code


@pytest.mark.parametrize("code", _SAID)
def test_every_word_has_its_sentence_in_every_language(code: str) -> None:
    assert all(texts.sentences[code] for texts in load_languages().values())


def test_both_may_be_given_and_neither_is_proved() -> None:
    contact = read_contact(" Camille.Specimen@EXEMPLE.fr ", "0612345678")
    assert (contact.email, contact.mobile) == ("Camille.Specimen@exemple.fr", "+33612345678")
    assert not contact.email_proved
    assert not contact.mobile_proved


@given(st.text(max_size=300), st.text(max_size=300))
def test_no_error_repeats_what_was_typed(email: str, mobile: str) -> None:
    assert said_of(email, mobile) in {"", *_SAID.values()}


def said_of(email: str, mobile: str) -> str:
    try:
        read_contact(email, mobile)
    except ContactError as error:
        return f"{error}{error.__cause__ or ''}"
    return ""


@pytest.mark.parametrize(
    ("stored", "written"),
    [
        ("+33612345678", "06 12 34 56 78"),
        ("+262692123456", "0692 12 34 56"),
        ("+590690001234", "0690 00 12 34"),
        ("+687751234", "+687 75.12.34"),
        ("+508551234", "+508 55 12 34"),
    ],
)
def test_a_stored_mobile_is_shown_as_its_owner_writes_it(stored: str, written: str) -> None:
    assert mobile_as_written(stored) == written
