"""Cards that do not belong into the slot, or cannot be used, are named on the glass with a code for the phone."""

from __future__ import annotations

import pytest

from tests.journeys.guest import Guest

pytestmark = [pytest.mark.browser, pytest.mark.processes]

WRONG = {
    "banque": ("wrong_card_bank", "carte bancaire", "C-11"),
    "cps": ("wrong_card_cps", "carte de professionnel", "C-12"),
    "vitale1": ("wrong_card_vitale_1", "trop ancienne", "C-13"),
    "muette": ("mute", "ne répond pas", "C-01"),
}


@pytest.mark.parametrize("card", WRONG)
def test_a_wrong_card_is_named_with_its_code_and_leaves_with_the_card(hall: Guest, card: str) -> None:
    fault, words, code = WRONG[card]
    hall.insert(card)
    hall.page.wait_for_selector(f'[data-fault="{fault}"]')
    hall.picture(card)
    assert words in hall.page.inner_text("h1")
    assert hall.said("fault-code") == code
    assert hall.stand.terminal in hall.page.inner_text("main")
    hall.hand.pull()
    hall.see("attract")


@pytest.mark.parametrize(
    ("card", "words"),
    [("abime", "Pas de numéro personnel lisible"), ("provisoire", "Numéro provisoire")],
)
def test_a_number_that_cannot_be_used_is_said_beside_the_name(hall: Guest, card: str, words: str) -> None:
    hall.insert(card)
    hall.see("who")
    hall.picture(card)
    assert words in hall.said("person-0-off")
    assert not hall.shows("person-0")


def test_children_under_the_number_of_their_mother_come_only_with_somebody(hall: Guest) -> None:
    hall.insert("famille")
    hall.see("who")
    hall.picture("famille")
    hall.touch("person-1")
    hall.see("representative")
    hall.picture("famille-representative")
    assert [hall.shows(f"representative-{who}") for who in ("0", "2", "other")] == [True, False, True]


def test_a_lunar_birth_date_is_shown_as_the_card_says_it(hall: Guest) -> None:
    hall.insert("lunaire")
    hall.see("who")
    hall.picture("lunaire")
    assert "00/20/1960" in hall.said("person-0")


def test_the_right_card_after_a_wrong_one_is_read(hall: Guest) -> None:
    hall.insert("banque")
    hall.see("stopped")
    hall.hand.insert("anais")
    hall.see("who")
    assert "ANAÏS" in hall.said("person-0")
