"""Accounts: none → to_activate → active → locked, as the vault tells it (design.md §6; lead's decision 4)."""

from __future__ import annotations

import enum

from sqlalchemy import Connection, select, update

from central.accounts.models import accounts
from central.dates import paris_day


class AccountState(enum.Enum):
    """State of the holder's web account."""

    NONE = "none"  # no contact and no activation slip: professionals use the dossier, the holder does not yet
    TO_ACTIVATE = "to_activate"
    ACTIVE = "active"
    LOCKED = "locked"
    DISABLED = "disabled"  # the dossier is closed


class Move(enum.Enum):
    """What a projected event did."""

    NOTHING = "nothing"  # there already, no such dossier, or cannot come there from where it is
    MOVED = "moved"
    FIRST_ACTIVATION = "first_activation"  # moved, and was never active before: what is counted


_FROM = {
    AccountState.ACTIVE: frozenset({AccountState.NONE, AccountState.TO_ACTIVATE, AccountState.LOCKED}),
    AccountState.LOCKED: frozenset({AccountState.TO_ACTIVATE, AccountState.ACTIVE}),
}


def project(connection: Connection, dossier_id: bytes, to: AccountState, *, at_ms: int) -> Move:
    """Move an account to what the vault says, at its time. The vault is the master, its events come in order."""
    held = connection.execute(
        select(accounts.c.state, accounts.c.activated_on).where(accounts.c.dossier_id == dossier_id)
    ).one_or_none()
    if held is None or AccountState(held.state) not in _FROM[to]:
        return Move.NOTHING
    first = to is AccountState.ACTIVE and held.activated_on is None
    connection.execute(
        update(accounts)
        .where(accounts.c.dossier_id == dossier_id)
        .values(state=to.value, changed_ms=at_ms, activated_on=paris_day(at_ms) if first else held.activated_on)
    )
    return Move.FIRST_ACTIVATION if first else Move.MOVED
