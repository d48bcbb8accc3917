"""Reading the register of automatic creation."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select

from central.automatic.models import RegisterState, register
from central.lookups import Lookup

_OPPOSED = Lookup(
    select(register.c.fingerprint).where(register.c.state == RegisterState.OPPOSED.value), register.c.fingerprint
)


def opposed(connection: Connection, fingerprints: Iterable[bytes]) -> frozenset[bytes]:
    """Those of these persons who oppose automatic creation."""
    return frozenset(row.fingerprint for row in _OPPOSED.rows(connection, fingerprints))
