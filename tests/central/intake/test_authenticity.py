from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from central.intake.authenticity import UNREACHED, judge
from tests.fakes.terminal import FakeTerminal, hash_of
from wire.batch import BATCH_LIMIT, BatchMessage, read_batch
from wire.canonical import decode, encode
from wire.errors import FormatError, SignatureError

INTAKE = X25519PrivateKey.generate().public_key()
COUNT = 5


def make() -> FakeTerminal:
    terminal = FakeTerminal("T-1AA", INTAKE)
    for person in range(COUNT):
        terminal.enrol(person)
    return terminal


TERMINAL = make()
BODY = TERMINAL.batch()


def with_records(change: Callable[[list[bytes]], None]) -> bytes:
    message = decode(BODY, BatchMessage, limit=BATCH_LIMIT)
    raws = list(message.records)
    change(raws)
    return encode(msgspec.structs.replace(message, records=tuple(raws)))


def faults(body: bytes) -> list[str | None]:
    return [entry.fault for entry in judge(read_batch(body), body, TERMINAL.key.public_key())]


def test_an_untouched_batch_is_authentic() -> None:
    assert faults(BODY) == [None] * COUNT


def test_the_signature_decides_first() -> None:
    with pytest.raises(SignatureError):
        judge(read_batch(BODY), BODY, Ed25519PrivateKey.generate().public_key())


def test_trust_ends_at_the_first_routing_that_is_not_vouched_for() -> None:
    body = with_records(lambda raws: raws.__setitem__(2, b"\x80"))
    assert faults(body) == [UNREACHED, UNREACHED, "malformed", None, None]


def test_a_genuine_record_at_another_place_is_not_vouched_for() -> None:
    body = with_records(lambda raws: raws.__setitem__(1, raws[0]))
    assert faults(body) == [UNREACHED, "chain_broken", None, None, None]


def test_the_damaged_one_is_called_by_the_hash_its_successor_names() -> None:
    body = with_records(lambda raws: raws.__setitem__(2, b"\x80"))
    judged = judge(read_batch(body), body, TERMINAL.key.public_key())
    assert judged[2].hash == hash_of(TERMINAL.made[2])


def test_the_last_one_is_called_by_the_hash_that_was_signed() -> None:
    body = with_records(lambda raws: raws.__setitem__(COUNT - 1, b"\x80"))
    judged = judge(read_batch(body), body, TERMINAL.key.public_key())
    assert (judged[-1].hash, judged[-1].fault) == (hash_of(TERMINAL.made[-1]), "malformed")


def test_bytes_that_hide_beside_the_parts_are_found() -> None:
    def hide(raws: list[bytes]) -> None:
        fields = msgspec.msgpack.decode(raws[3])
        raws[3] = msgspec.msgpack.encode({**fields, "zz": b"hidden"}, order="sorted")

    assert faults(with_records(hide)) == [None, None, None, "chain_framing", None]


@given(st.integers(0, len(BODY) - 1), st.integers(0, 7))
def test_whatever_bit_is_flipped_what_is_called_authentic_is_what_was_signed(place: int, bit: int) -> None:
    body = BODY[:place] + bytes([BODY[place] ^ 1 << bit]) + BODY[place + 1 :]
    try:
        judged = judge(read_batch(body), body, TERMINAL.key.public_key())
    except (FormatError, SignatureError):
        return
    authentic = [entry.item.raw for entry in judged if entry.fault is None and entry.item is not None]
    assert all(raw in TERMINAL.made for raw in authentic)
    assert len(authentic) < COUNT
