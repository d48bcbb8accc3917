from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.card_reader.tlv import encode
from kiosk.card_reader.vitale_files import VitaleFiles, contents_of
from kiosk.enrolment.holder import CardContents, CardFamily, CardWarning

ATR = bytes.fromhex("3B751300004409EA9000")

# vitale.md §3.1, byte for byte
CAMILLE = bytes.fromhex("65228008") + b"SPECIMEN\x81\x07CAMILLE\x82\x0819850214\x90\x03FRA"
LEO = bytes.fromhex("651E8008") + b"SPECIMEN\x81\x03L\xc9O\x82\x0820150031\x90\x03FRA"
IDENTITY = (CAMILLE + LEO).ljust(0x7C, b"\x00")
NUMBER = bytes.fromhex("6511930F") + b"285022A00400180"
VALIDITY = bytes.fromhex("660A8008") + b"20190401"


def person(family: bytes = b"SPECIMEN", given: bytes = b"CAMILLE", birth: bytes = b"19850214") -> bytes:
    return encode(0x65, encode(0x80, family) + encode(0x81, given) + encode(0x82, birth))


def number(text: str) -> bytes:
    return encode(0x65, encode(0x93, text.encode()))


def read(identity: bytes, numbers: bytes = NUMBER, pan: bytes = b"", validity: bytes = b"") -> CardContents:
    return contents_of(VitaleFiles(identity, numbers, pan, validity), ATR)


def test_the_published_files_give_two_persons() -> None:
    contents = read(IDENTITY, NUMBER * 2, validity=VALIDITY)
    assert [(p.family_name, p.given_name, p.birth_date, p.country) for p in contents.persons] == [
        ("SPECIMEN", "CAMILLE", "19850214", "FRA"),
        ("SPECIMEN", "LÉO", "20150031", "FRA"),
    ]
    assert [p.nir.compact for p in contents.persons if p.nir] == ["285022A00400180"] * 2
    assert (contents.family, contents.valid_from, contents.warnings) == (CardFamily.VITALE_2, "20190401", ())


def test_the_raw_file_of_the_names_is_handed_on_unmodified() -> None:
    assert read(IDENTITY).identity_file == IDENTITY


def test_blanks_around_a_name_are_trimmed() -> None:
    assert read(person(family=b"  ESSAI \xa0")).persons[0].family_name == "ESSAI"


def test_a_surplus_person_has_no_number_and_nobody_is_shifted() -> None:
    contents = read(person(given=b"A") + person(given=b"B"), number("185027505612340"))
    assert [p.nir.compact if p.nir else None for p in contents.persons] == ["185027505612340", None]
    assert contents.warnings == (CardWarning.COUNTS_DIFFER,)


def test_a_surplus_number_belongs_to_nobody() -> None:
    contents = read(person(), number("185027505612340") + NUMBER)
    assert [p.nir.compact for p in contents.persons if p.nir] == ["185027505612340"]
    assert contents.warnings == (CardWarning.COUNTS_DIFFER,)


def test_the_person_after_a_damaged_one_keeps_their_own_number() -> None:
    contents = read(person(family=b"") + person(given=b"B"), number("185027505612340") + NUMBER)
    assert [(p.position, p.nir.compact) for p in contents.persons if p.nir] == [(1, "285022A00400180")]
    assert contents.warnings == (CardWarning.DAMAGED_ENTRY,)


def test_a_number_entry_without_a_number_leaves_that_person_without() -> None:
    contents = read(person() + person(given=b"B"), encode(0x65, b"") + NUMBER)
    assert [p.nir.compact if p.nir else None for p in contents.persons] == [None, "285022A00400180"]
    assert contents.warnings == (CardWarning.NUMBER_INVALID,)


@pytest.mark.parametrize(
    "damage",
    [
        encode(0x65, encode(0x80, b"A") * 2 + encode(0x81, b"B") + encode(0x82, b"19850214")),  # doubled name
        encode(0x65, encode(0x80, b"A") + encode(0x82, b"19850214")),  # no given name
        encode(0x65, encode(0x80, b"A") + encode(0x81, b"B")),  # no birth date
        person(family=b"A\x07B"),  # control character
        person(family=b"A\x9bB"),  # control character of Latin-1
        person(family=b"\xff" * 8),  # unwritten memory
        encode(0x65, encode(0x80, b"A") + b"\x81\x7fB"),  # length past the end of the entry
    ],
)
def test_a_damaged_entry_is_dropped_and_its_neighbour_kept(damage: bytes) -> None:
    contents = read(damage + person(given=b"B"), NUMBER * 2)
    assert [p.position for p in contents.persons] == [1]
    assert CardWarning.DAMAGED_ENTRY in contents.warnings


def test_a_file_cut_in_the_second_entry_keeps_the_first() -> None:
    contents = read((CAMILLE + LEO)[:50], NUMBER * 2)
    assert [p.given_name for p in contents.persons] == ["CAMILLE"]
    assert contents.warnings == (CardWarning.DAMAGED_ENTRY, CardWarning.COUNTS_DIFFER)


@pytest.mark.parametrize("text", ["185027505612341", "255081416802500", "185137505612340", "1850275056123", "É" * 7])
def test_a_wrong_number_is_no_number(text: str) -> None:
    contents = read(person(), number(text))
    assert contents.persons[0].nir is None
    assert contents.warnings == (CardWarning.NUMBER_INVALID,)


def test_a_provisional_number_is_kept_and_named() -> None:
    contents = read(person(), number("713490000012362"))
    assert contents.persons[0].nir is not None
    assert contents.warnings == (CardWarning.NUMBER_PROVISIONAL,)


@pytest.mark.parametrize("raw", ["19421901", "19600000", "20150031", "19850200", "19602000", "20000229"])
def test_lunar_and_real_birth_dates_stay_as_the_card_says(raw: str) -> None:
    contents = read(person(birth=raw.encode()))
    assert contents.persons[0].birth_date == raw
    assert contents.warnings == ()


@pytest.mark.parametrize("raw", ["19850231", "1985021", "850214", "1985O214", "00000000", "19850132"])
def test_a_date_that_is_neither_is_kept_and_named(raw: str) -> None:
    contents = read(person(birth=raw.encode()))
    assert contents.persons[0].birth_date == raw
    assert contents.warnings == (CardWarning.BIRTH_DATE_ODD,)


def test_the_serial_is_the_hexadecimal_of_the_card_number() -> None:
    assert read(person(), pan=bytes.fromhex("5A0A80250990000000000001")).serial == "80250990000000000001"


@pytest.mark.parametrize("pan", [b"", b"\xff" * 16, bytes.fromhex("5A00"), bytes.fromhex("5A01115A0122")])
def test_a_card_without_one_clear_number_has_no_serial(pan: bytes) -> None:
    assert read(person(), pan=pan).serial is None


@pytest.mark.parametrize("nature", [b"T", b"D"])
def test_a_card_that_declares_itself_a_test_card_is_flagged(nature: bytes) -> None:
    assert read(person(), pan=encode(0xDF01, nature)).warnings == (CardWarning.TEST_CARD,)


def test_a_real_card_is_not_flagged_as_a_test_card() -> None:
    assert read(person(), pan=encode(0xDF01, b"R")).warnings == ()


@given(st.binary(max_size=300), st.binary(max_size=300), st.binary(max_size=40), st.binary(max_size=40))
def test_any_bytes_give_contents_and_no_error(identity: bytes, numbers: bytes, pan: bytes, validity: bytes) -> None:
    contents = read(identity, numbers, pan, validity)
    assert contents.identity_file == identity


@given(st.integers(0, len(IDENTITY) - 1), st.integers(0, 255))
def test_one_wrong_byte_never_shifts_a_number_to_another_person(at: int, value: int) -> None:
    damaged = IDENTITY[:at] + bytes((value,)) + IDENTITY[at + 1 :]
    for holder in read(damaged, number("185027505612340") + NUMBER).persons:
        expected = {0: "185027505612340", 1: "285022A00400180"}.get(holder.position)
        assert holder.nir is None or holder.nir.compact == expected
