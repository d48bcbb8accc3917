"""The ordered steps by which the terminal's database came to its present form; each runs once, in its transaction.

``records`` is the chain: one row a record, for as long as its slips may be asked about. ``raw`` holds the record as
sealed, and is emptied when central has it for good (``state`` ``forgotten``): id and hash remain, because the next
record names that hash and the journal of slips names that id. ``slips`` cannot name a record that is not in the chain
(invariant 1): the database itself refuses. ``facts`` are single numbers and words that must survive a restart.
Nothing here is readable about a person: sealed parts, ids made of time and chance, hashes of sealed parts, states.
"""

from __future__ import annotations

from sqlite_utils import Database, Migrations

steps = Migrations("terminal")


@steps(name="0001_chain_slips_facts")
def _chain_slips_facts(database: Database) -> None:
    for statement in (
        """CREATE TABLE records (
            sequence  INTEGER PRIMARY KEY,
            record_id BLOB NOT NULL UNIQUE,
            hash      BLOB NOT NULL,
            state     TEXT NOT NULL CHECK (state IN ('waiting', 'rejected', 'forgotten')),
            code      TEXT,
            raw       BLOB,
            CHECK ((raw IS NULL) = (state = 'forgotten'))
        ) STRICT""",
        "CREATE INDEX records_kept ON records (state, sequence) WHERE state <> 'forgotten'",
        """CREATE TABLE slips (
            record_id   BLOB NOT NULL REFERENCES records (record_id) ON DELETE CASCADE,
            kind        TEXT NOT NULL,
            copy_number INTEGER NOT NULL,
            state       TEXT NOT NULL CHECK (state IN ('rendered', 'printing', 'printed', 'unknown', 'failed')),
            at_ms       INTEGER NOT NULL,
            PRIMARY KEY (record_id, kind, copy_number)
        ) STRICT, WITHOUT ROWID""",
        "CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
    ):
        database.execute(statement)


@steps(name="0002_openings")
def _openings(database: Database) -> None:
    """``opening`` is 1 for the record of an enrolment: the counter's figure of the day outlives a restart."""
    database.execute("ALTER TABLE records ADD COLUMN opening INTEGER NOT NULL DEFAULT 0 CHECK (opening IN (0, 1))")


@steps(name="0003_kinds")
def _kinds(database: Database) -> None:
    """``kind`` (of the routing, in clear anyway) for the counter's day page; empty for records kept before."""
    database.execute("ALTER TABLE records ADD COLUMN kind TEXT NOT NULL DEFAULT ''")
    database.execute("UPDATE records SET kind = 'enrolment' WHERE opening = 1")
