"""Sequences A, B and C against every making of card: whatever the maker did, the same persons are read."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.card_reader.apdu import MAX_RESPONSE
from kiosk.card_reader.card_files import MAX_COMMANDS
from kiosk.card_reader.tlv import MAX_BYTES
from kiosk.card_reader.virtual.engine import CardEngine
from kiosk.card_reader.virtual.layout import PastEnd, SelectAnswer
from kiosk.card_reader.virtual.making import (
    CardMaking,
    Emptied,
    Lengths,
    Padding,
    VirtualPerson,
    VitaleFile,
    layout_of,
)
from kiosk.card_reader.vitale import read_card
from kiosk.enrolment.errors import CardError, CardFault
from kiosk.enrolment.holder import CardContents, CardWarning
from tests.fakes.card_connection import EngineConnection
from wire.nir import key_of

ATR = bytes.fromhex("3B751300004409EA9000")
SERIAL = bytes.fromhex("80250990000000000007")
VALID_FROM = "20190401"


def person(number: int) -> VirtualPerson:
    body = f"1{number:02d}0199351{number:03d}"
    return VirtualPerson("SPÉCIMEN", f"PRÉNOM{number}", f"19{number:02d}0214", "FRA", f"{body}{key_of(body):02d}")


FAMILY = tuple(person(number) for number in range(1, 4))
VILLAGE = tuple(person(number) for number in range(1, 20))  # as many as a card could ever hold

makings = st.builds(
    CardMaking,
    select_answer=st.sampled_from(SelectAnswer),
    past_end=st.sampled_from(PastEnd),
    knows_short_ids=st.booleans(),
    knows_directories_by_id=st.booleans(),
    has_map=st.booleans(),
    has_look_alike=st.booleans(),
    lengths=st.sampled_from(Lengths),
    padding=st.sampled_from(Padding),
    identity_size=st.sampled_from([0, 124, 256, 512, 1024]),
    spare_bytes=st.sampled_from([0, 1, 7, 127, 128, 256]),
    undeclared_bytes=st.sampled_from([0, 3, 200]),
    absent=st.sets(st.sampled_from([VitaleFile.PAN, VitaleFile.VALIDITY, VitaleFile.DIRECTORY])).map(frozenset),
    protected=st.sets(st.sampled_from([VitaleFile.PAN, VitaleFile.DIRECTORY])).map(frozenset),
    emptied=st.dictionaries(st.sampled_from([VitaleFile.VALIDITY, VitaleFile.DIRECTORY]), st.sampled_from(Emptied)),
)


class ShortBlocks(EngineConnection):
    """A card that gives no more than so many bytes at once, and says 9000."""

    def __init__(self, engine: CardEngine, most: int) -> None:
        super().__init__(engine)
        self._most = most

    def transmit(self, command: bytes) -> tuple[bytes, int]:
        if command[1] == 0xB0 and not 0 < command[4] <= self._most:
            command = command[:4] + bytes((self._most,))
        return super().transmit(command)


def card(making: CardMaking, persons: tuple[VirtualPerson, ...] = FAMILY) -> EngineConnection:
    return EngineConnection(CardEngine(layout_of(persons, SERIAL, VALID_FROM, making)))


def who(contents: CardContents) -> list[tuple[str, str, str, str | None]]:
    return [
        (one.family_name, one.given_name, one.birth_date, one.nir.compact if one.nir else None)
        for one in contents.persons
    ]


def expected(persons: tuple[VirtualPerson, ...]) -> list[tuple[str, str, str, str]]:
    return [(one.family_name, one.given_name, one.birth_date, one.number) for one in persons]


@given(makings, st.integers(1, 19))
def test_whatever_the_making_the_same_persons_are_read(making: CardMaking, count: int) -> None:
    connection = card(making, VILLAGE[:count])
    if not making.knows_short_ids and not making.has_map:
        with pytest.raises(CardError) as failure:  # where the numbers lie is published nowhere
            read_card(connection, ATR)
        assert failure.value.fault in {CardFault.DAMAGED, CardFault.PROTECTED}
        return
    contents = read_card(connection, ATR)
    assert who(contents) == expected(VILLAGE[:count])
    assert contents.serial in {SERIAL.hex().upper(), None}


@pytest.mark.parametrize(
    ("select_answer", "past_end", "lengths"), list(itertools.product(SelectAnswer, PastEnd, Lengths))
)
@pytest.mark.parametrize(
    "way_in",
    [
        {},
        {"knows_directories_by_id": False},
        {"knows_short_ids": False},
        {"knows_short_ids": False, "knows_directories_by_id": False},
        {"has_map": False},
    ],
    ids=["A", "B", "C", "C alone", "A without a map"],
)
def test_each_sequence_reads_the_card_of_each_maker(
    way_in: dict[str, bool], select_answer: SelectAnswer, past_end: PastEnd, lengths: Lengths
) -> None:
    making = CardMaking(select_answer=select_answer, past_end=past_end, lengths=lengths, **way_in)  # type: ignore[arg-type]
    assert who(read_card(card(making), ATR)) == expected(FAMILY)


@pytest.mark.parametrize("most", [1, 16, 57, 128, 223, 255])
def test_a_card_that_gives_less_at_once_than_asked_for_is_read_to_its_end(most: int) -> None:
    layout = layout_of(FAMILY, SERIAL, VALID_FROM, CardMaking(past_end=PastEnd.SHORT))
    contents = read_card(ShortBlocks(CardEngine(layout), most), ATR)
    assert who(contents) == expected(FAMILY)
    assert contents.warnings == (CardWarning.TEST_CARD,)


def test_nineteen_persons_in_short_blocks_stay_below_the_bound() -> None:
    layout = layout_of(VILLAGE, SERIAL, VALID_FROM, CardMaking(past_end=PastEnd.SHORT, lengths=Lengths.THREE_BYTES))
    connection = ShortBlocks(CardEngine(layout), 16)
    assert who(read_card(connection, ATR)) == expected(VILLAGE)
    assert len(connection.commands) < MAX_COMMANDS / 2


@pytest.mark.parametrize("size", [MAX_BYTES - 1, MAX_BYTES, MAX_BYTES + 1, 2 * MAX_BYTES])
def test_a_file_as_large_as_the_limit_or_larger_is_read_up_to_it(size: int) -> None:
    connection = card(CardMaking(identity_size=size), VILLAGE)
    contents = read_card(connection, ATR)
    assert who(contents) == expected(VILLAGE)
    assert len(contents.identity_file) == min(size, MAX_BYTES)
    assert len(connection.commands) <= 2 * MAX_BYTES / MAX_RESPONSE + 10


@pytest.mark.parametrize("emptied", Emptied)
def test_names_whose_numbers_were_never_written_are_kept_and_flagged(emptied: Emptied) -> None:
    contents = read_card(card(CardMaking(emptied={VitaleFile.NUMBERS: emptied})), ATR)
    assert [(one.given_name, one.nir) for one in contents.persons] == [(one.given_name, None) for one in FAMILY]
    assert CardWarning.COUNTS_DIFFER in contents.warnings


@pytest.mark.parametrize("emptied", Emptied)
def test_a_card_whose_names_were_never_written_is_called_damaged(emptied: Emptied) -> None:
    with pytest.raises(CardError) as failure:
        read_card(card(CardMaking(emptied={VitaleFile.IDENTITY: emptied})), ATR)
    assert failure.value.fault is CardFault.DAMAGED


@pytest.mark.parametrize("way_in", [{}, {"knows_short_ids": False}], ids=["A", "C"])
@pytest.mark.parametrize("file", [VitaleFile.IDENTITY, VitaleFile.NUMBERS])
def test_a_card_that_keeps_names_or_numbers_to_itself_is_called_protected(
    file: VitaleFile, way_in: dict[str, bool]
) -> None:
    with pytest.raises(CardError) as failure:
        read_card(card(CardMaking(protected=frozenset({file}), **way_in)), ATR)  # type: ignore[arg-type]
    assert failure.value.fault is CardFault.PROTECTED


@given(st.integers(0, 200))
def test_an_identity_file_cut_anywhere_gives_whole_persons_only(at: int) -> None:
    try:
        contents = read_card(card(CardMaking(cut_at={VitaleFile.IDENTITY: at})), ATR)
    except CardError as error:
        assert error.fault is CardFault.DAMAGED  # noqa: PT017 - both ends are allowed
        return
    assert who(contents) == expected(FAMILY)[: len(contents.persons)]
    if len(contents.persons) < len(FAMILY):
        assert CardWarning.COUNTS_DIFFER in contents.warnings
