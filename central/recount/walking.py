"""Walking the facts in the order of their key, in pieces that are noted one by one; and walking again what has changed.

While central goes on, facts may come anywhere: a terminal that was offline brings old ones. So a recount has two parts:

1. every table is walked in pieces, each in a short transaction of its own, and each piece is noted with the number of
   facts in it. Killed and begun again, it goes on after the last piece noted, hours or days later;
2. in **one** transaction, which sees one state of the database, each noted piece is counted again by the database
   alone. Facts are only ever added: a piece that holds as many as before holds the same ones, another one is walked
   again. What came after the last piece is walked too. What the notes hold then is that one state, and the counters
   are read in the same transaction (:mod:`central.recount.comparing`).

Not checked: a fact taken away and another put in its place between the two parts; nothing of ours takes one away, and
the next recount sees it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Engine, func, select

from central.engine import reading
from central.enrolments.models import dossiers
from central.ledger.rules import Rules
from central.recount import pricing
from central.recount.facts import WALKS, Range, Walk
from central.recount.notebook import Notebook, Piece

A_PIECE = 50_000
"""Facts in a piece: half a second or so, some tens of megabytes."""

_PLACE_BYTES = 8  # of a key, enough to say how far one is


@dataclass(frozen=True, slots=True)
class Step:
    """How far the recount has come: in which table, what part of it, and how many facts this step had."""

    name: str
    part: float
    facts: int


@dataclass(frozen=True, slots=True)
class Course:
    """One table as it is walked: how a range becomes a piece, and how many facts a range holds."""

    name: str
    key: ColumnElement[bytes]
    take: Callable[[Connection, Range], Piece]
    facts: Callable[[Connection, Range], int]


def courses(rules: Rules) -> tuple[Course, ...]:
    """Every table that is counted, and the prices of the openings."""

    def price(connection: Connection, within: Range) -> Piece:
        return pricing.price(connection, within, rules)

    counted = tuple(_counting(walk) for walk in WALKS)
    return (*counted, Course(pricing.NAME, dossiers.c.dossier_id, price, pricing.facts))


def _counting(walk: Walk) -> Course:
    def take(connection: Connection, within: Range) -> Piece:
        return Piece(walk.name, within, walk.facts(connection, within), tuple(walk.sums(connection, within)))

    return Course(walk.name, walk.key, take, walk.facts)


def walk_all(engine: Engine, notes: Notebook, rules: Rules, *, size: int = A_PIECE) -> Iterator[Step]:
    """Part 1: walk what the notes do not hold yet, piece by piece; the last piece of a table waits for part 2."""
    for course in courses(rules):
        with reading(engine) as connection:
            ends = _ends(connection, course)
        while True:
            with reading(engine) as connection:
                piece = _next(connection, notes, course, size)
            if piece is None:
                break
            notes.keep(piece)
            yield Step(course.name, _part(ends, piece.within.upto), piece.facts)
        yield Step(course.name, 1.0, 0)


def make_current(connection: Connection, notes: Notebook, rules: Rules, *, size: int = A_PIECE) -> Iterator[Step]:
    """Part 2: make the notes hold exactly what this transaction sees."""
    for course in courses(rules):
        ends = _ends(connection, course)
        for noted in notes.noted(course.name):
            if course.facts(connection, noted.within) != noted.facts:
                notes.replace(noted, course.take(connection, noted.within))
            yield Step(f"{course.name}, again", _part(ends, noted.within.upto), noted.facts)
        while (piece := _next(connection, notes, course, size)) is not None:
            notes.keep(piece)
            yield Step(f"{course.name}, again", _part(ends, piece.within.upto), piece.facts)
        notes.keep(course.take(connection, Range(notes.last(course.name))))
        yield Step(f"{course.name}, again", 1.0, 0)


def _next(connection: Connection, notes: Notebook, course: Course, size: int) -> Piece | None:
    """The piece after the last one noted; None where fewer facts follow than one holds."""
    after = notes.last(course.name)
    found = Range(after).holds(course.key)
    upto = connection.scalar(select(course.key).where(*found).order_by(course.key).limit(1).offset(size - 1))
    return None if upto is None else course.take(connection, Range(after, upto))


def _ends(connection: Connection, course: Course) -> tuple[int, int]:
    first, last = connection.execute(select(func.min(course.key), func.max(course.key))).one()
    return _number(first), _number(last)


def _part(ends: tuple[int, int], upto: bytes | None) -> float:
    """How far a key is between the first and the last: keys begin with a time, or are evenly spread."""
    first, last = ends
    return 1.0 if upto is None or last <= first else min(1.0, max(0.0, (_number(upto) - first) / (last - first)))


def _number(key: bytes | None) -> int:
    return int.from_bytes((key or b"")[:_PLACE_BYTES].ljust(_PLACE_BYTES, b"\0"), "big")
