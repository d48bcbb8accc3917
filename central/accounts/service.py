"""Accounts: none → to_activate → active → locked, disabled with the dossier; as central decides and the vault tells.

The vault is the master of activation, its events come in order; central is the master of whether the dossier is open,
and it may have closed or opened it since the event happened. So an event counts only where it fits the dossier.
"""

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


class ProvedContact(enum.Enum):
    """A contact that the vault says is proved."""

    EMAIL = "email"
    MOBILE = "mobile"


_OPEN = frozenset(AccountState) - {AccountState.DISABLED}
_FROM = {
    AccountState.TO_ACTIVATE: _OPEN - {AccountState.TO_ACTIVATE},
    AccountState.ACTIVE: frozenset({AccountState.NONE, AccountState.TO_ACTIVATE, AccountState.LOCKED}),
    AccountState.LOCKED: frozenset({AccountState.TO_ACTIVATE, AccountState.ACTIVE}),
    # Central disables an account itself when it closes the dossier; the vault's word comes after, or is of a closing
    # that a reactivation has undone since.
    AccountState.DISABLED: frozenset[AccountState](),
}


def project(connection: Connection, dossier_id: bytes, to: AccountState, *, at_ms: int) -> Move:
    """Move an account to what the vault says, at its time. A disabled one stays so until central opens the dossier."""
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


def prove(connection: Connection, dossier_id: bytes, contact: ProvedContact, *, at_ms: int) -> bool:
    """Note that the vault proved a contact; whether that is new.

    Not noted: a proof older than the contact central knows (it was of another address), and one of a contact that
    central does not know of. Not checked: which address it was, for central knows none.
    """
    has, proved = {
        ProvedContact.EMAIL: (accounts.c.has_email, accounts.c.email_proved),
        ProvedContact.MOBILE: (accounts.c.has_mobile, accounts.c.mobile_proved),
    }[contact]
    noted = connection.execute(
        update(accounts)
        .where(accounts.c.dossier_id == dossier_id, has, ~proved, accounts.c.contact_decided_ms <= at_ms)
        .values({proved: True})
    )
    return bool(noted.rowcount)
