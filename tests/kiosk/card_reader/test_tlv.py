from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.card_reader.tlv import MAX_BYTES, MAX_LEVELS, Tlv, TlvFault, encode, parse, read_level

# vitale.md §3.1
VALIDITY = bytes.fromhex("660A8008") + b"20190401"

primitive_tags = st.sampled_from([0x5A, 0x80, 0x81, 0x93, 0x5F37, 0xDF01])
objects = st.recursive(
    st.builds(encode, primitive_tags, st.binary(max_size=300)),
    lambda inner: st.builds(encode, st.sampled_from([0x65, 0xE0, 0x7F21]), st.lists(inner, max_size=4).map(b"".join)),
    max_leaves=8,
)


def test_the_published_validity_file_is_read() -> None:
    (card,) = parse(VALIDITY).items
    assert (card.tag, card.children[0].tag, card.children[0].value) == (0x66, 0x80, b"20190401")


def test_tags_of_two_bytes_are_one_tag() -> None:
    (certificate,) = parse(bytes.fromhex("7F2105 5F37021122")).items
    assert (certificate.tag, certificate.children[0].tag) == (0x7F21, 0x5F37)


@pytest.mark.parametrize("size", [0, 127, 128, 255, 256, 4000])
def test_lengths_of_one_two_and_three_bytes_are_read_back(size: int) -> None:
    (item,) = parse(encode(0x80, b"x" * size)).items
    assert len(item.value) == size


@pytest.mark.parametrize("padding", [b"\x00", b"\xff"])
def test_padding_before_between_and_after_is_skipped(padding: bytes) -> None:
    one = encode(0x80, b"a")
    parsed = parse(padding * 3 + one + padding + one + padding * 5)
    assert [item.value for item in parsed.items] == [b"a", b"a"]
    assert parsed.faults == ()


@pytest.mark.parametrize("filler", [b"\x00", b"\xff", b""])
def test_an_unwritten_file_is_empty_and_not_a_fault(filler: bytes) -> None:
    assert parse(filler * 124).items == ()
    assert parse(filler * 124).faults == ()


@pytest.mark.parametrize(
    ("damage", "fault"),
    [
        ("6522", TlvFault.TRUNCATED),  # length past the end
        ("65", TlvFault.TRUNCATED),  # no length
        ("7F", TlvFault.TRUNCATED),  # half a tag
        ("8082", TlvFault.TRUNCATED),  # half a length
        ("6580", TlvFault.LENGTH_FORM),  # indefinite
        ("8084FFFFFFFF", TlvFault.LENGTH_FORM),
        ("9F8080", TlvFault.TRUNCATED),
        ("9F8080800100", TlvFault.TAG_FORM),
    ],
)
def test_what_was_good_before_the_damage_is_kept(damage: str, fault: TlvFault) -> None:
    parsed = parse(VALIDITY + bytes.fromhex(damage))
    assert [item.tag for item in parsed.items] == [0x66]
    assert parsed.faults == (fault,)


def test_damage_inside_one_object_does_not_spoil_its_neighbours() -> None:
    parsed = parse(encode(0x65, b"\x80\x7f") + encode(0x65, encode(0x80, b"b")))
    assert [item.faults for item in parsed.items] == [(TlvFault.TRUNCATED,), ()]
    assert parsed.items[1].children[0].value == b"b"


def test_nesting_stops_at_the_eighth_level() -> None:
    data = encode(0x80, b"deep")
    for _ in range(20):
        data = encode(0x65, data)
    deepest = list(parse(data).walk())[-1]
    assert deepest.faults == (TlvFault.TOO_DEEP,)
    assert len(list(parse(data).walk())) == MAX_LEVELS


def test_more_than_8_kib_is_not_looked_at() -> None:
    parsed = parse(encode(0x80, b"a") + b"\x00" * MAX_BYTES + encode(0x80, b"b"))
    assert [item.value for item in parsed.items] == [b"a"]
    assert TlvFault.TOO_LARGE in parsed.faults


@given(st.binary(max_size=600))
def test_any_bytes_are_parsed_without_an_error(data: bytes) -> None:
    for item in parse(data).walk():
        assert item.value in data


@given(st.lists(objects, max_size=4))
def test_what_was_encoded_is_read_back(encoded: list[bytes]) -> None:
    parsed = parse(b"".join(encoded))
    assert parsed.faults == ()
    assert [encode(item.tag, item.value) for item in parsed.items] == encoded


@given(st.binary(max_size=600))
def test_one_level_read_alone_is_the_top_of_the_tree(data: bytes) -> None:
    level, tree = read_level(data), parse(data)
    assert level.objects == [(item.tag, item.value) for item in tree.items]
    assert level.faults == tree.faults


def test_an_object_that_stands_twice_has_no_value() -> None:
    level = read_level(encode(0x80, b"a") + encode(0x81, b"b") + encode(0x80, b"c"))
    assert level.fields() == {0x80: None, 0x81: b"b"}


def test_the_repr_of_an_object_keeps_its_value_to_itself() -> None:
    assert "SPECIMEN" not in repr(Tlv(0x80, b"SPECIMEN"))
    assert "SPECIMEN" not in repr(read_level(encode(0x80, b"SPECIMEN")))
