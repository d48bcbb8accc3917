from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kiosk.card_reader.tlv import encode
from kiosk.card_reader.vitale import AID_MF_VITALE, AID_VITALE
from kiosk.card_reader.vitale_map import MAX_APPLICATIONS, MAX_FILES, map_of

# vitale.md §3.1
POINTERS = (
    bytes.fromhex("E051A025821200010000")
    + AID_MF_VITALE
    + bytes.fromhex("820F00020000")
    + AID_VITALE
    + b"\x80\x0cIDENT   \x00\x01\xd0\x01\x80\x0cNIRS    \x00\x02\xd0\x02\x80\x0cVALID   \x00\x02\xd0\x03"
)


def application(index: int, aid: bytes) -> bytes:
    return encode(0x82, index.to_bytes(2, "big") + b"\x00\x00" + aid)


def test_the_published_map_names_both_applications_and_their_files() -> None:
    found = map_of(POINTERS)
    assert [(one.index, one.aid) for one in found.applications] == [(1, AID_MF_VITALE), (2, AID_VITALE)]
    assert [(one.application, one.fid.hex()) for one in found.files] == [(1, "d001"), (2, "d002"), (2, "d003")]


def test_entries_too_short_to_say_where_they_lie_are_left_out() -> None:
    assert map_of(encode(0xE0, encode(0xA0, application(1, b"")) + encode(0x80, b"IDENT   \x00\x01"))).files == ()
    assert map_of(encode(0xE0, encode(0xA0, application(1, b"")))).applications == ()


def test_a_map_without_end_is_followed_up_to_the_limits() -> None:
    many = encode(0xA0, application(1, AID_VITALE) * 100) + encode(0x80, b"X" * 12) * 100
    found = map_of(encode(0xE0, many))
    assert (len(found.applications), len(found.files)) == (MAX_APPLICATIONS, MAX_FILES)


@given(st.binary(max_size=400))
def test_any_bytes_give_a_map(content: bytes) -> None:
    assert all(len(file.fid) == 2 for file in map_of(content).files)
