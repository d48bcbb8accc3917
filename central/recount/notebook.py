"""The notes of a recount: which pieces of the facts were walked, and what each held. A SQLite file beside the database.

Each piece is kept in one transaction, so whatever instant the recount is killed at, what stands here is whole pieces.
Notes hold counts, names of offices and terminals, and identifiers of dossiers; nothing of a person.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Self

from central.counters.models import Measure
from central.counters.tally import Place
from central.recount.errors import RecountError
from central.recount.facts import Range, Sum

_VERSION = 1
_MODE = 0o600
_CACHE_KIB = 32 * 1024  # what does not fit is sorted on the disk
_TABLES = """
CREATE TABLE run (version INTEGER NOT NULL, subject TEXT NOT NULL);
CREATE TABLE places (number INTEGER PRIMARY KEY, channel TEXT, sub_channel TEXT, region TEXT, departement TEXT,
    office TEXT, terminal TEXT);
CREATE TABLE pieces (number INTEGER PRIMARY KEY, walk TEXT NOT NULL, after BLOB, upto BLOB, facts INTEGER NOT NULL,
    eligible INTEGER NOT NULL, worth INTEGER NOT NULL, booked INTEGER NOT NULL);
CREATE TABLE sums (piece INTEGER, measure TEXT, day TEXT, place INTEGER, value INTEGER NOT NULL,
    PRIMARY KEY (piece, measure, day, place)) WITHOUT ROWID;
CREATE TABLE mispriced (piece INTEGER, dossier_id BLOB, PRIMARY KEY (piece, dossier_id)) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Money:
    """Openings that earn, what they earn, what is booked for them, and the dossiers where the two differ."""

    eligible: int = 0
    worth: int = 0
    booked: int = 0
    mispriced: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """What a range of one table of facts holds."""

    walk: str
    within: Range
    facts: int
    sums: tuple[Sum, ...] = ()
    money: Money = Money()


@dataclass(frozen=True, slots=True)
class Noted:
    """A piece as the notes have it, without what it holds."""

    number: int
    walk: str
    within: Range
    facts: int


class Notebook:
    """The notes in a file, made at first; use it in a ``with``."""

    def __init__(self, file: Path, *, subject: str) -> None:
        """Open, or begin, the notes on ``subject``: a database, and its release.

        Raises:
            RecountError: ``recount_notes``: the file is no notes, or on something else.
        """
        self._file = file
        is_new = not file.exists() or file.stat().st_size == 0
        if is_new:
            file.touch(mode=_MODE)
        self._notes = sqlite3.connect(file, isolation_level=None)
        try:
            self._begin(subject) if is_new else self._go_on(subject)
        except BaseException:
            self._notes.close()
            raise
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", f"cache_size=-{_CACHE_KIB}"):
            self._notes.execute(f"PRAGMA {pragma}")
        self._places = {Place(*row[1:]): row[0] for row in self._notes.execute("SELECT * FROM places ORDER BY number")}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._notes.close()

    def _begin(self, subject: str) -> None:
        self._notes.execute("BEGIN")
        for statement in filter(None, map(str.strip, _TABLES.split(";"))):
            self._notes.execute(statement)
        self._notes.execute("INSERT INTO run VALUES (?, ?)", (_VERSION, subject))
        self._notes.execute("COMMIT")

    def _go_on(self, subject: str) -> None:
        try:
            found = self._notes.execute("SELECT version, subject FROM run").fetchone()
        except sqlite3.DatabaseError as error:
            raise RecountError(f"{self._file} holds no notes of a recount") from error
        if found != (_VERSION, subject):
            raise RecountError(f"{self._file} holds notes on another database or release: remove it to begin anew")
        # The end of a table grows: it is walked anew each time.
        self._delete([number for (number,) in self._notes.execute("SELECT number FROM pieces WHERE upto IS NULL")])

    def remove(self) -> None:
        """The recount is over: nothing is left to go on with."""
        self._notes.close()
        self._file.unlink(missing_ok=True)

    def last(self, walk: str) -> bytes | None:
        """How far a table was walked; None: not begun."""
        found = self._notes.execute("SELECT max(upto) FROM pieces WHERE walk = ?", (walk,)).fetchone()
        key: bytes | None = found[0]
        return key

    def noted(self, walk: str) -> list[Noted]:
        """The pieces of a table, in order."""
        rows = self._notes.execute(
            "SELECT number, walk, after, upto, facts FROM pieces WHERE walk = ? ORDER BY number", (walk,)
        )
        return [Noted(number, name, Range(after, upto), facts) for number, name, after, upto, facts in rows]

    def keep(self, piece: Piece) -> None:
        """Note a piece that was walked."""
        self._write(piece, None)

    def replace(self, noted: Noted, piece: Piece) -> None:
        """Note again a piece in which something has changed since."""
        self._write(piece, noted.number)

    def _write(self, piece: Piece, number: int | None) -> None:
        notes, money = self._notes, piece.money
        notes.execute("BEGIN")
        try:
            if number is not None:
                self._delete([number])
            values = (number, piece.walk, piece.within.after, piece.within.upto, piece.facts)
            cursor = notes.execute(
                "INSERT INTO pieces VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (*values, money.eligible, money.worth, money.booked),
            )
            kept = cursor.lastrowid
            rows = sorted((one.measure.value, one.day, self._place(one.place), one.value) for one in piece.sums)
            # A quarter of an hour of a day is a row of its own to the database, and the same row here.
            notes.executemany(
                "INSERT INTO sums VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET value = value + excluded.value",
                ((kept, *row) for row in rows),
            )
            notes.executemany("INSERT INTO mispriced VALUES (?, ?)", ((kept, one) for one in money.mispriced))
        except BaseException:
            notes.execute("ROLLBACK")
            raise
        notes.execute("COMMIT")

    def _delete(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            for table, column in (("pieces", "number"), ("sums", "piece"), ("mispriced", "piece")):
                self._notes.execute(f"DELETE FROM {table} WHERE {column} = ?", (number,))  # noqa: S608 - our own names

    def _place(self, place: Place) -> int:
        number = self._places.get(place)
        if number is None:
            number = len(self._places) + 1
            self._notes.execute("INSERT INTO places VALUES (?, ?, ?, ?, ?, ?, ?)", (number, *astuple(place)))
            self._places[place] = number
        return number

    def sums(self) -> Iterator[Sum]:
        """What all pieces hold together, day after day; sorted on the disk where memory does not hold it."""
        places = {number: place for place, number in self._places.items()}
        measures = {measure.value: measure for measure in Measure}
        rows = self._notes.execute(
            "SELECT day, measure, place, sum(value) FROM sums GROUP BY day, measure, place ORDER BY day, measure, place"
        )
        for day, measure, place, value in rows:
            yield Sum(measures[measure], day, places[place], value)

    def money(self) -> Money:
        """What all pieces hold together."""
        found = self._notes.execute("SELECT sum(eligible), sum(worth), sum(booked) FROM pieces").fetchone()
        wrong = self._notes.execute("SELECT dossier_id FROM mispriced ORDER BY dossier_id")
        eligible, worth, booked = (int(value or 0) for value in found)
        return Money(eligible, worth, booked, tuple(row[0] for row in wrong))
