from __future__ import annotations

import hashlib

import pytest

from central.intake.continuity import Gap, IncidentKind, Position, before_first, follow
from tests.fakes.terminal import LAUNCH
from wire.batch import BatchItem
from wire.canonical import encode
from wire.identifiers import RecordId, TerminalId, milliseconds
from wire.records import Record, Routing, first_link, record_hash


def hash_at(sequence: int, branch: str = "") -> bytes:
    return hashlib.sha256(f"{branch}{sequence}".encode()).digest()


def item(sequence: int, previous: bytes | None = None) -> BatchItem:
    routing = Routing(
        record_id=RecordId.new(LAUNCH).value,
        kind="refusal",
        terminal="T-1AA",
        office="O-1",
        channel="desk",
        sub_channel="hall_terminal",
        sequence=sequence,
        captured_ms=milliseconds(LAUNCH),
        previous_hash=hash_at(sequence - 1) if previous is None else previous,
    )
    raw = encode(routing)
    return BatchItem(raw, Record(routing=raw), routing, record_hash(raw))


def chain(first: int, count: int, previous: bytes) -> list[BatchItem]:
    items: list[BatchItem] = []
    for sequence in range(first, first + count):
        items.append(item(sequence, previous))
        previous = items[-1].hash
    return items


def new(items: list[BatchItem]) -> list[tuple[BatchItem, bool]]:
    return [(one, False) for one in items]


HEAD = Position(5, hash_at(5))


def test_what_follows_the_head_is_no_incident_and_moves_it() -> None:
    items = chain(6, 3, HEAD.hash)
    verdict = follow(HEAD, [], new(items))
    assert (verdict.incidents, verdict.head) == ([], Position(8, items[-1].hash))


def test_the_first_record_of_a_terminal_follows_its_first_link() -> None:
    items = chain(1, 2, first_link(TerminalId("T-1AA")))
    assert follow(before_first("T-1AA"), [], new(items)).incidents == []


def test_missing_records_are_one_gap_with_their_number() -> None:
    [incident] = follow(HEAD, [], new(chain(9, 2, hash_at(8)))).incidents
    assert (incident.kind, incident.expected_sequence, incident.sequence, incident.missing) == (
        IncidentKind.GAP,
        6,
        9,
        3,
    )


def test_another_record_at_a_place_that_is_taken_is_a_fork_and_the_branch_becomes_the_chain() -> None:
    items = chain(4, 2, hash_at(3))
    verdict = follow(HEAD, [], new(items))
    assert [incident.kind for incident in verdict.incidents] == [IncidentKind.FORK]
    assert verdict.head == Position(5, items[-1].hash)


def test_the_next_number_on_another_past_is_a_fork() -> None:
    [incident] = follow(HEAD, [], new(chain(6, 1, hash_at(5, "other")))).incidents
    assert incident.kind is IncidentKind.FORK


def test_late_records_fill_their_gap_and_leave_the_head() -> None:
    gap = Gap(2, 4)
    verdict = follow(HEAD, [gap], new(chain(2, 2, hash_at(1))))
    assert (verdict.incidents, verdict.filled[gap], verdict.head) == ([], 2, HEAD)


def test_a_batch_that_fills_a_gap_and_goes_on_moves_the_head() -> None:
    late, fresh = chain(4, 1, hash_at(3)), chain(6, 1, HEAD.hash)
    verdict = follow(HEAD, [Gap(4, 5)], [*new(late), (item(5), True), *new(fresh)])
    assert (verdict.incidents, verdict.head.sequence) == ([], 6)


def test_a_record_rejected_once_and_sent_again_before_known_ones_is_no_fork() -> None:
    items = chain(4, 2, hash_at(3))
    verdict = follow(Position(5, items[1].hash), [], [(items[0], False), (items[1], True)])
    assert (verdict.incidents, verdict.head.sequence) == ([], 5)


@pytest.mark.parametrize("known", [[], [3, 4]])
def test_known_records_are_no_incident(known: list[int]) -> None:
    verdict = follow(HEAD, [], [(item(sequence), True) for sequence in known])
    assert (verdict.incidents, verdict.head) == ([], HEAD)
