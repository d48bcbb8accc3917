"""Which dossier a person has, and all that stands about it: found by fingerprint, never by name or number."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from sqlalchemy import LABEL_STYLE_TABLENAME_PLUS_COL, Connection, RowMapping, bindparam, select, update

from central.accounts.models import accounts
from central.accounts.service import AccountState
from central.enrolments.models import dossiers, persons
from central.enrolments.standing import Access, Closing, ContactStanding, DossierState, Motive, Standing
from central.lookups import Lookup

_DOMAIN = b"dmp-dossier-v1"
_TIME_BYTES, _NOISE_BYTES = 6, 10

_FIND = (
    select(persons.c.fingerprint, dossiers, accounts)
    .join(dossiers, dossiers.c.dossier_id == persons.c.dossier_id)
    .join(accounts, accounts.c.dossier_id == dossiers.c.dossier_id)
    .set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)
)
_READ = Lookup(_FIND, persons.c.fingerprint)
_HOLD = Lookup(_FIND.with_for_update(of=[dossiers, accounts]), persons.c.fingerprint)
# What is set stands in the rows: the same columns in each of one execution.
_WRITE_DOSSIER = update(dossiers).where(dossiers.c.dossier_id == bindparam("its_id"))
_WRITE_ACCOUNT = update(accounts).where(accounts.c.dossier_id == bindparam("its_id"))


def standings(
    connection: Connection, fingerprints: Iterable[bytes], *, to_change: bool = False
) -> dict[bytes, Standing]:
    """What stands about those persons who have a dossier, by fingerprint.

    ``to_change`` keeps others from changing it until this transaction ends (SQLite has one writer anyway).
    """
    rows = (_HOLD if to_change else _READ).rows(connection, fingerprints)
    return {row.persons_fingerprint: _standing(row._mapping) for row in rows}  # noqa: SLF001 - its public name


def _standing(row: RowMapping) -> Standing:
    return Standing(
        dossier_id=row["dossiers_dossier_id"],
        state=DossierState(row["dossiers_state"]),
        state_decided_ms=row["dossiers_state_decided_ms"],
        break_glass=Access(bool(row["dossiers_break_glass_refused"]), row["dossiers_break_glass_decided_ms"]),
        centre_15=Access(bool(row["dossiers_centre_15_refused"]), row["dossiers_centre_15_decided_ms"]),
        account=AccountState(row["accounts_state"]),
        contact=ContactStanding(
            decided_ms=row["accounts_contact_decided_ms"],
            has_email=bool(row["accounts_has_email"]),
            email_proved=bool(row["accounts_email_proved"]),
            has_mobile=bool(row["accounts_has_mobile"]),
            mobile_proved=bool(row["accounts_mobile_proved"]),
        ),
        copies=row["dossiers_copies"],
        closing=_closing(row),
    )


def _closing(row: RowMapping) -> Closing | None:
    if row["dossiers_closed_on"] is None:
        return None
    return Closing(
        closed_on=row["dossiers_closed_on"],
        motive=Motive(row["dossiers_motive"]),
        purge_on=row["dossiers_purge_on"],
        deletion_asked=bool(row["dossiers_deletion_asked"]),
    )


def opening_columns(standing: Standing) -> dict[str, Any]:
    """What of a standing is written in the row of a dossier that opens: of a closing the row knows nothing yet."""
    return {
        "state": standing.state.value,
        "state_decided_ms": standing.state_decided_ms,
        "break_glass_refused": standing.break_glass.refused,
        "break_glass_decided_ms": standing.break_glass.decided_ms,
        "centre_15_refused": standing.centre_15.refused,
        "centre_15_decided_ms": standing.centre_15.decided_ms,
        "copies": standing.copies,
    }


def _closing_columns(closing: Closing | None) -> dict[str, Any]:
    return {
        "closed_on": None if closing is None else closing.closed_on,
        "motive": None if closing is None else closing.motive.value,
        "purge_on": None if closing is None else closing.purge_on,
        "deletion_asked": closing is not None and closing.deletion_asked,
    }


def account_columns(standing: Standing) -> dict[str, Any]:
    """What of a standing is written in the account's row."""
    contact = standing.contact
    return {
        "state": standing.account.value,
        "has_email": contact.has_email,
        "has_mobile": contact.has_mobile,
        "email_proved": contact.email_proved,
        "mobile_proved": contact.mobile_proved,
        "contact_decided_ms": contact.decided_ms,
    }


def write_standings(connection: Connection, changed: Iterable[tuple[Standing, Standing]], *, at_ms: int) -> None:
    """Write what became of dossiers and their accounts (before, after); an account's own time moves with its state."""
    pairs = list(changed)
    if not pairs:
        return
    connection.execute(
        _WRITE_DOSSIER,
        [
            {"its_id": after.dossier_id, **opening_columns(after), **_closing_columns(after.closing)}
            for _, after in pairs
        ],
    )
    moved, stayed = [], []
    for before, after in pairs:
        row = {"its_id": after.dossier_id, **account_columns(after)}
        if after.account is before.account:
            stayed.append(row)
        else:
            moved.append({**row, "changed_ms": at_ms})
    for rows in filter(None, (moved, stayed)):
        connection.execute(_WRITE_ACCOUNT, rows)


def dossier_of(record_id: bytes) -> bytes:
    """The id of the dossier that a record opens: the record's own 48 bits of time, then a hash of its id.

    The same record makes the same id however often it is planned; ids grow with time, so the index grows at its end
    (perf.md point 3); and the vault's name for a dossier is not the number on any record.
    """
    return record_id[:_TIME_BYTES] + hashlib.sha256(_DOMAIN + record_id).digest()[:_NOISE_BYTES]
