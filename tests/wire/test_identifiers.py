from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from wire.errors import IdentifierError
from wire.identifiers import Finess, RecordId, Rpps, milliseconds, moment, terminal_id


def test_a_record_id_is_a_uuid_of_version_7(now: datetime) -> None:
    made = uuid.UUID(bytes=RecordId.new(now).value)
    assert (made.version, made.variant) == (7, uuid.RFC_4122)


def test_record_ids_are_ordered_by_time(now: datetime) -> None:
    ids = [RecordId.new(now + timedelta(milliseconds=n)) for n in range(50)]
    assert ids == sorted(ids)


def test_the_id_of_a_refusal_tells_no_more_than_its_hour(now: datetime) -> None:
    hour = now.replace(minute=0)
    assert int.from_bytes(RecordId.new(hour).value[:6], "big") == milliseconds(hour)


@pytest.mark.parametrize(
    "value",
    [b"", b"\0" * 16, uuid.UUID("6f1d3a52-90c4-4e3b-8a77-21d0c9e5b4f6").bytes, b"\x70" * 17],
    ids=["nothing", "zeros", "version 4", "too long"],
)
def test_other_bytes_are_no_record_id(value: bytes) -> None:
    with pytest.raises(IdentifierError):
        RecordId(value)


@pytest.mark.parametrize("text", ["750712184", "75 071 218 4", "2A0000154"])
def test_a_finess_is_read(text: str) -> None:
    assert Finess.parse(text).value == text.replace(" ", "")


@pytest.mark.parametrize("text", ["750712185", "75071218", "2C0000154", ""])
def test_a_mistyped_finess_is_refused(text: str) -> None:
    with pytest.raises(IdentifierError):
        Finess.parse(text)


def test_an_rpps_is_read_by_its_key() -> None:
    assert Rpps.parse("99700218896").value == "99700218896"
    with pytest.raises(IdentifierError):
        Rpps.parse("99700218897")


@pytest.mark.parametrize("text", ["t1", "TERM 1", "TERM/../1", "é" * 5, "A" * 33])
def test_a_terminal_id_cannot_carry_a_path_or_a_blank(text: str) -> None:
    with pytest.raises(IdentifierError):
        terminal_id(text)


def test_a_naive_time_never_reaches_the_wire() -> None:
    with pytest.raises(IdentifierError, match="aware"):
        milliseconds(datetime(2018, 11, 6))  # noqa: DTZ001 - that is the point


def test_a_time_survives_the_wire_to_the_millisecond(now: datetime) -> None:
    assert moment(milliseconds(now)) == now.astimezone(UTC)


@pytest.mark.parametrize("value", [2**63, -(2**63)])
def test_a_time_out_of_the_world_is_refused(value: int) -> None:
    with pytest.raises(IdentifierError):
        moment(value)
