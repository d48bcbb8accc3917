"""Single values that must survive a restart: the signed time seen last, wrong PINs, ETags. Nothing of a person."""

from __future__ import annotations

import enum

from sqlite_utils import Database

from kiosk.sync.database import TerminalDatabase


class Fact(enum.Enum):
    """The names in use. A name once used is never used for something else."""

    FLOOR_MS = "floor_ms"
    PIN_WRONG = "pin_wrong"
    PIN_LOCKED_UNTIL_MS = "pin_locked_until_ms"
    PANEL_PIN_WRONG = "panel_pin_wrong"
    PANEL_PIN_LOCKED_UNTIL_MS = "panel_pin_locked_until_ms"
    REVOKED = "revoked"
    CONFIGURATION_ETAG = "configuration_etag"
    TRUST_ETAG = "trust_etag"
    TRUST_SERIAL = "trust_serial"
    CONFIGURATION_CONFIRMED_MS = "configuration_confirmed_ms"
    MONTH_FIGURES = "month_figures"  # what the office earned, as central last told it


class Facts:
    """A small durable dictionary."""

    def __init__(self, database: TerminalDatabase) -> None:
        self._database = database

    def get(self, fact: Fact) -> str | None:
        """The value, None when never set."""
        with self._database.reading() as database:
            row = database.execute("SELECT value FROM facts WHERE name = ?", (fact.value,)).fetchone()
        return None if row is None else str(row[0])

    def number(self, fact: Fact) -> int | None:
        """The value as a whole number."""
        value = self.get(fact)
        return None if value is None else int(value)

    def set(self, values: dict[Fact, str | int | None]) -> None:
        """Write all of them in one transaction; None removes one.

        Raises:
            kiosk.enrolment.errors.StoreError: nothing was written.
        """
        with self._database.transaction() as database:
            for fact, value in values.items():
                write_fact(database, fact, value)

    def raise_number(self, fact: Fact, value: int) -> None:
        """Write a whole number that only grows: a lower one than the one held changes nothing.

        Raises:
            kiosk.enrolment.errors.StoreError: nothing was written.
        """
        with self._database.transaction() as database:
            row = database.execute("SELECT value FROM facts WHERE name = ?", (fact.value,)).fetchone()
            if row is None or int(row[0]) < value:
                write_fact(database, fact, value)


def write_fact(database: Database, fact: Fact, value: str | int | None) -> None:
    """Write one inside a transaction that is already open."""
    if value is None:
        database.execute("DELETE FROM facts WHERE name = ?", (fact.value,))
    else:
        database.execute("INSERT OR REPLACE INTO facts (name, value) VALUES (?, ?)", (fact.value, str(value)))
