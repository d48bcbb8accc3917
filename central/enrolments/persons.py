"""Which dossier a person has: found by fingerprint, never by name or number."""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Iterable

import msgspec
from sqlalchemy import Connection, bindparam, select, update

from central.enrolments.models import dossiers, persons

_DOMAIN = b"dmp-dossier-v1"
_TIME_BYTES, _NOISE_BYTES = 6, 10


class DossierState(enum.Enum):
    """State of a dossier at central (dmp.md §15; the states between and beyond come with later flows)."""

    CREATED = "created"
    CLOSED = "closed"


class Standing(msgspec.Struct, frozen=True, gc=False):
    """The dossier a person has, and what they refused."""

    dossier_id: bytes
    state: DossierState
    break_glass_refused: bool
    centre_15_refused: bool


_FIND = (
    select(
        persons.c.fingerprint,
        dossiers.c.dossier_id,
        dossiers.c.state,
        dossiers.c.break_glass_refused,
        dossiers.c.centre_15_refused,
    )
    .join(dossiers, dossiers.c.dossier_id == persons.c.dossier_id)
    .where(persons.c.fingerprint.in_(bindparam("fingerprints", expanding=True)))
)


def standings(connection: Connection, fingerprints: Iterable[bytes]) -> dict[bytes, Standing]:
    """The dossiers of those persons who have one, by fingerprint."""
    wanted = list(fingerprints)
    if not wanted:
        return {}
    return {
        row.fingerprint: Standing(
            row.dossier_id, DossierState(row.state), row.break_glass_refused, row.centre_15_refused
        )
        for row in connection.execute(_FIND, {"fingerprints": wanted})
    }


def refuse_accesses(connection: Connection, standing: Standing) -> None:
    """Write the refusals a second enrolment brought: they only ever grow, whichever came first."""
    connection.execute(
        update(dossiers)
        .where(dossiers.c.dossier_id == standing.dossier_id)
        .values(break_glass_refused=standing.break_glass_refused, centre_15_refused=standing.centre_15_refused)
    )


def dossier_of(record_id: bytes) -> bytes:
    """The id of the dossier that a record opens: the record's own 48 bits of time, then a hash of its id.

    The same record makes the same id however often it is planned; ids grow with time, so the index grows at its end
    (perf.md point 3); and the vault's name for a dossier is not the number on any record.
    """
    return record_id[:_TIME_BYTES] + hashlib.sha256(_DOMAIN + record_id).digest()[:_NOISE_BYTES]
