from __future__ import annotations

import tracemalloc

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wire.batch import BatchMessage
from wire.canonical import WireStruct, decode, encode
from wire.errors import FormatError
from wire.facts import Administrative
from wire.records import Record, Routing


class Old(WireStruct, frozen=True):
    b: int
    a: str


class New(WireStruct, frozen=True):
    b: int
    a: str
    c: bytes | None = None


def test_keys_are_sorted_whatever_the_order_of_the_fields() -> None:
    assert encode(Old(b=1, a="x")) == bytes.fromhex("82a161a178a16201")


def test_an_old_end_reads_what_a_new_end_wrote() -> None:
    assert decode(encode(New(b=1, a="x", c=b"y")), Old, limit=100) == Old(b=1, a="x")


def test_a_new_end_reads_what_an_old_end_wrote() -> None:
    assert decode(encode(Old(b=1, a="x")), New, limit=100).c is None


def test_what_is_longer_than_its_limit_is_not_decoded() -> None:
    with pytest.raises(FormatError) as caught:
        decode(b"\x90" * 101, Old, limit=100)
    assert caught.value.code == "too_long"


@pytest.mark.parametrize("bomb", ["ddffffffff", "dfffffffff", "c6ffffffff", "dbffffffff", "91" * 5000])
def test_a_length_that_lies_allocates_nothing(bomb: str) -> None:
    tracemalloc.start()
    for kind in (Record, Routing, BatchMessage):
        with pytest.raises(FormatError):
            decode(bytes.fromhex(bomb), kind, limit=20_000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1_000_000


def test_a_malformed_value_is_not_repeated_in_the_error() -> None:
    with pytest.raises(FormatError) as caught:
        decode(msgspec.msgpack.encode({"a": "CANARY", "b": "CANARY"}), Old, limit=100)
    assert "CANARY" not in f"{caught.value} {caught.value.__cause__}"
    assert caught.value.code == "malformed"


@given(st.binary(max_size=300))
def test_rubbish_is_refused_with_our_error(data: bytes) -> None:
    for kind in (Record, Routing, BatchMessage, Administrative):
        with pytest.raises(FormatError):
            decode(data, kind, limit=300)  # type: ignore[arg-type]


def test_a_wire_value_is_silent_in_a_log() -> None:
    assert "secret" not in repr(Old(b=1, a="secret"))
