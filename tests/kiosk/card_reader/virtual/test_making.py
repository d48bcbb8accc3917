from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from kiosk.card_reader.tlv import MAX_BYTES, parse
from kiosk.card_reader.virtual.invented import MOST_ON_A_FAMILY_CARD, invented_people
from kiosk.card_reader.virtual.layout import ElementaryFile, PastEnd, SelectAnswer
from kiosk.card_reader.virtual.making import (
    AID_ADELE,
    CardMaking,
    Emptied,
    Lengths,
    Padding,
    VitaleFile,
    identity_file,
    layout_of,
)
from kiosk.card_reader.virtual.people import card_of
from kiosk.card_reader.vitale import FID_IDENTITY, FID_POINTERS, read_card
from tests.fakes.card_connection import EngineConnection
from wire.nir import Nir

FAMILY = card_of("famille")
PUBLISHED_IDENTITY = identity_file(FAMILY.persons)


def files(**making: Any) -> dict[bytes, ElementaryFile]:
    layout = layout_of(FAMILY.persons, FAMILY.serial, FAMILY.valid_from, CardMaking(**making))
    return {file.fid: file for application in layout.applications for file in application.files}


def identity(**making: Any) -> bytes:
    return files(**making)[FID_IDENTITY].content


@pytest.mark.parametrize(("lengths", "form"), [(Lengths.TWO_BYTES, b"\x81"), (Lengths.THREE_BYTES, b"\x82\x00")])
def test_lengths_are_written_in_the_form_of_the_maker(lengths: Lengths, form: bytes) -> None:
    content = identity(lengths=lengths)
    assert content[1:].startswith(form)
    assert [item.tag for item in parse(content).items] == [0x65, 0x65, 0x65]


def test_a_length_that_one_byte_cannot_say_takes_two() -> None:
    assert files(lengths=Lengths.TWO_BYTES, contents={})[FID_POINTERS].content[1] == 0x81
    long = replace(FAMILY.persons[0], given_name="A" * 300)
    assert identity_file((long,), CardMaking(lengths=Lengths.TWO_BYTES))[1] == 0x82


@pytest.mark.parametrize(("padding", "end"), [(Padding.ZEROS, b"\x00"), (Padding.ONES, b"\xff")])
def test_what_is_not_written_is_filled(padding: Padding, end: bytes) -> None:
    written = PUBLISHED_IDENTITY.rstrip(b"\x00")
    assert identity(padding=padding, spare_bytes=8) == written + end * (0x7C - len(written) + 8)


def test_a_card_may_fill_nothing() -> None:
    assert identity(padding=Padding.NONE, spare_bytes=8) == PUBLISHED_IDENTITY.rstrip(b"\x00")


@pytest.mark.parametrize(
    ("emptied", "content"),
    [(Emptied.ZEROS, bytes(0x7C)), (Emptied.HEADER, b"\x04".ljust(0x7C, b"\x00")), (Emptied.NOTHING, b"")],
)
def test_a_file_may_be_empty_in_each_known_way(emptied: Emptied, content: bytes) -> None:
    assert identity(emptied={VitaleFile.IDENTITY: emptied}) == content


def test_a_file_may_end_before_its_content_does() -> None:
    assert identity(cut_at={VitaleFile.IDENTITY: 50}) == PUBLISHED_IDENTITY[:50]


def test_a_file_may_hold_any_bytes() -> None:
    assert identity(contents={VitaleFile.IDENTITY: "DEADBEEF"}) == bytes.fromhex("DEADBEEF")


def test_a_file_may_be_protected_and_another_be_absent() -> None:
    made = files(protected=frozenset({VitaleFile.IDENTITY}), absent=frozenset({VitaleFile.POINTERS}))
    assert made[FID_IDENTITY].is_protected
    assert FID_POINTERS not in made


def test_a_card_may_have_no_map() -> None:
    assert FID_POINTERS not in files(has_map=False)


def test_a_file_may_be_longer_than_its_control_information_says() -> None:
    assert files(undeclared_bytes=24)[FID_IDENTITY].declared_size == 0x7C - 24


def test_a_look_alike_stands_before_the_real_applications() -> None:
    making = CardMaking(has_look_alike=True)
    assert layout_of(FAMILY.persons, FAMILY.serial, "", making).applications[0].aid == AID_ADELE


@pytest.mark.parametrize("select_answer", SelectAnswer)
@pytest.mark.parametrize("past_end", PastEnd)
@pytest.mark.parametrize("count", [1, MOST_ON_A_FAMILY_CARD])
def test_as_many_as_a_family_card_held_are_read_from_each_making(
    select_answer: SelectAnswer, past_end: PastEnd, count: int
) -> None:
    making = CardMaking(select_answer=select_answer, past_end=past_end)
    card = replace(FAMILY, persons=invented_people(count), making=making)
    contents = read_card(EngineConnection(card.engine()), card.atr)
    assert [who.nir.compact for who in contents.persons if who.nir] == [one.number for one in card.persons]


def test_a_card_can_be_made_larger_than_a_reader_reads() -> None:
    assert len(identity_file(invented_people(400))) > MAX_BYTES


def test_invented_people_are_nobody_and_their_numbers_are_right() -> None:
    people = invented_people(100)
    assert all("SPÉCIMEN" in one.family_name for one in people)
    assert len({Nir.parse(one.number).compact for one in people}) == 100
