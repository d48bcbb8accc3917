"""Whether a terminal's records follow what central has of it: gaps, forks, and late ones that fill a gap. Pure.

Nothing here stops a record. A gap (a dead disk, a record that was set aside) and a fork (a restored image) are
recorded, shown to a person who closes them, and the chain goes on from what came.
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import msgspec

from wire.batch import BatchItem
from wire.identifiers import TerminalId
from wire.records import first_link


class IncidentKind(enum.Enum):
    """What a person must look at."""

    GAP = "gap"  # records are missing between the head and what came
    FORK = "fork"  # what came does not follow the head: two chains bear the terminal's name
    ID_CONFLICT = "id_conflict"  # a record id that central has, with another content
    DAMAGED = "damaged"  # bytes that are not the ones the terminal signed
    SIGNATURE = "signature"  # a batch in the terminal's name that its key did not sign


@dataclass(frozen=True, slots=True)
class Incident:
    """One finding; ``evidence`` is the hash of the record or bytes it was found at."""

    kind: IncidentKind
    sequence: int
    evidence: bytes
    expected_sequence: int | None = None
    missing: int | None = None


class Position(msgspec.Struct, frozen=True, gc=False):
    """A place in a terminal's chain."""

    sequence: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Gap:
    """An open gap: the records from ``first`` up to, not including, ``next`` have not come."""

    first: int
    next: int


@dataclass(slots=True)
class Verdict:
    """What was found, which gaps were filled by how many, and where the head stands now."""

    head: Position
    incidents: list[Incident] = field(default_factory=list)
    filled: Counter[Gap] = field(default_factory=Counter)


def before_first(terminal: str) -> Position:
    """Where a terminal's chain stands before its first record: sequences begin with 1."""
    return Position(0, first_link(TerminalId(terminal)))


def follow(head: Position, gaps: Iterable[Gap], items: Sequence[tuple[BatchItem, bool]]) -> Verdict:
    """Judge the authentic records of a batch, oldest first; each says whether central had it before.

    * a new one that stands before one central has is of the same chain: a late one, or one that was rejected once;
    * else the first new one must follow the head, each later one the record before it;
    * a new one from within an open gap fills it;
    * the head moves to the highest sequence, or, after a fork, to the end of the branch that came.
    """
    verdict, open_gaps = Verdict(head), tuple(gaps)
    last_known = max((place for place, (_, known) in enumerate(items) if known), default=-1)
    before, forked = head, False
    for place, (item, known) in enumerate(items):
        here = Position(item.routing.sequence, item.hash)
        if known:
            continue
        gap = next((gap for gap in open_gaps if gap.first <= here.sequence < gap.next), None)
        if gap is not None:
            verdict.filled[gap] += 1
        if place < last_known:
            continue
        if gap is None and not _follows(before, item):
            verdict.incidents.append(_incident(before, here))
            forked = forked or verdict.incidents[-1].kind is IncidentKind.FORK
        before = here
        if forked or here.sequence > verdict.head.sequence:
            verdict.head = here
    return verdict


def _follows(before: Position, item: BatchItem) -> bool:
    return item.routing.previous_hash == before.hash and item.routing.sequence == before.sequence + 1


def _incident(before: Position, here: Position) -> Incident:
    expected = before.sequence + 1
    if here.sequence > expected:
        return Incident(IncidentKind.GAP, here.sequence, here.hash, expected, here.sequence - expected)
    return Incident(IncidentKind.FORK, here.sequence, here.hash, expected)
