from __future__ import annotations

import re

import pytest

from kiosk.card_reader.errors import UnknownCardError
from kiosk.card_reader.virtual.people import CardKind, card_of, deck, identity_file, vitale_layout
from kiosk.card_reader.vitale_files import VitaleFiles, contents_of
from kiosk.enrolment.holder import CardWarning
from wire.errors import IdentifierError
from wire.nir import Nir

# vitale.md §3.1
PUBLISHED_POINTERS = (
    bytes.fromhex("E051A025821200010000")
    + bytes.fromhex("D250000002")
    + b"MF_VITALE"
    + bytes.fromhex("820F00020000D250000002")
    + b"VITALE"
    + b"\x80\x0cIDENT   \x00\x01\xd0\x01\x80\x0cNIRS    \x00\x02\xd0\x02\x80\x0cVALID   \x00\x02\xd0\x03"
)
PEOPLE = [person for card in deck() for person in card.persons]


def test_every_card_has_a_name_of_its_own_and_words_for_the_tray() -> None:
    assert len({card.card_id for card in deck()}) == len(deck())
    assert all(card.label and card.hint for card in deck())


def test_nobody_in_the_deck_can_be_taken_for_a_real_person() -> None:
    assert all(re.search("ESSAI|SP[EÉ]CIMEN", person.family_name) for person in PEOPLE)


def test_every_number_has_a_right_key_but_the_one_that_is_damaged_on_purpose() -> None:
    wrong = []
    for person in PEOPLE:
        try:
            Nir.parse(person.number)
        except IdentifierError:
            wrong.append(person.given_name)
    assert wrong == ["ÉTIENNE"]


def test_no_two_cards_share_a_number_or_a_serial() -> None:
    holders = {(person.number, card.card_id) for card in deck() for person in card.persons}
    assert len({number for number, _ in holders}) == len(holders)
    assert len({card.serial for card in deck() if card.persons}) == len([card for card in deck() if card.persons])


def test_the_deck_plays_every_part_the_product_must_cope_with() -> None:
    assert {card.kind for card in deck()} == set(CardKind)
    numbers = {person.number for person in PEOPLE}
    assert any(number[5:7] == "2A" for number in numbers)
    assert any(number[5:8] == "974" for number in numbers)
    assert any(person.birth_date[4:6] > "12" for person in PEOPLE)
    assert max(len(card.persons) for card in deck()) == 3


def test_every_vitale_of_the_deck_declares_itself_a_test_card() -> None:
    for card in deck():
        if card.kind is CardKind.VITALE_2:
            pan = vitale_layout(card).applications[0].files[1].content
            assert CardWarning.TEST_CARD in contents_of(VitaleFiles(b"", b"", pan), card.atr).warnings


def test_the_map_of_the_files_is_the_published_one() -> None:
    pointers = vitale_layout(card_of("marie")).applications[1].files[0]
    assert (pointers.fid, pointers.content) == (b"\x20\x01", PUBLISHED_POINTERS)


def test_the_identity_file_has_the_published_size() -> None:
    assert len(identity_file(card_of("famille").persons)) == 0x7C


def test_an_unknown_card_is_refused_with_the_list_of_known_ones() -> None:
    with pytest.raises(UnknownCardError, match="marie"):
        card_of("nobody")
