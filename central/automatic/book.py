"""Reading the register of automatic creation."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, select

from central.automatic.models import RegisterState, register

_OPPOSED = select(register.c.fingerprint).where(
    register.c.fingerprint.in_(bindparam("fingerprints", expanding=True)),
    register.c.state == RegisterState.OPPOSED.value,
)


def opposed(connection: Connection, fingerprints: Iterable[bytes]) -> frozenset[bytes]:
    """Those of these persons who oppose automatic creation."""
    wanted = list(fingerprints)
    if not wanted:
        return frozenset()
    return frozenset(connection.execute(_OPPOSED, {"fingerprints": wanted}).scalars())
