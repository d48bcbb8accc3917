"""Accounts: none → to_activate → active → locked, as the vault tells it (design.md §6; lead's decision 4)."""

from __future__ import annotations

import enum

from sqlalchemy import Connection, select, update

from central.accounts.models import accounts


class AccountState(enum.Enum):
    """State of the holder's web account."""

    NONE = "none"  # no contact and no activation slip: professionals use the dossier, the holder does not yet
    TO_ACTIVATE = "to_activate"
    ACTIVE = "active"
    LOCKED = "locked"


_ALLOWED = {
    AccountState.ACTIVE: frozenset({AccountState.NONE, AccountState.TO_ACTIVATE, AccountState.LOCKED}),
    AccountState.LOCKED: frozenset({AccountState.TO_ACTIVATE, AccountState.ACTIVE}),
}


def project(connection: Connection, dossier_id: bytes, to: AccountState, *, at_ms: int) -> bool:
    """Move an account to what the vault says; False when it was there already, or cannot come there from where it is.

    An event that cannot follow (a lock told after a newer activation) changes nothing: the vault is the master, and
    its events come in order.
    """
    held = connection.scalar(select(accounts.c.state).where(accounts.c.dossier_id == dossier_id))
    if held is None or AccountState(held) not in _ALLOWED[to]:
        return False
    connection.execute(
        update(accounts).where(accounts.c.dossier_id == dossier_id).values(state=to.value, changed_ms=at_ms)
    )
    return True
