"""The second factor at the door: offered at the first sign-in, asked for at every other; recovery codes."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from central.audit.tags import AuditTag
from central.engine import in_transaction, reading
from central.staff import sessions
from central.staff.door import WRONG, Door, SignIn, SignInOutcome
from central.staff.models import managers, recovery_codes
from central.staff.second_factor import (
    SALT_BYTES,
    accepted_step,
    new_recovery_codes,
    provisioning_uri,
    qr_squares,
    recovery_hash,
    totp_secret,
)
from central.staff.sessions import Stage
from wire.identifiers import milliseconds

TYPED_LIMIT = 32  # characters: no code is as long


@dataclass(frozen=True, slots=True, repr=False)
class Offer:
    """What an authenticator needs: the secret to type, or the QR code to scan (modules across, path of the dark)."""

    secret: str
    uri: str
    modules: int
    path: str


@dataclass(frozen=True, slots=True, repr=False)
class Confirmed:
    """The answer to the first code; with WELCOME the recovery codes, which are shown this once."""

    answer: SignIn
    recovery_codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class Proof:
    """A code that was typed in a sign-in under way, and from where."""

    session_id: str
    typed: str
    address: str = ""


class FactorDesk:
    """Offers, confirms and checks second factors; only within a sign-in whose password was right."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def has_factor(self, session_id: str, *, now: datetime) -> bool | None:
        """Whether this sign-in is to be proved by a factor already set; None: no sign-in is under way here."""
        row = self._row(session_id, now)
        return None if row is None else row.factor_since_ms is not None

    def offer(self, session_id: str, *, now: datetime) -> Offer | None:
        """The secret to set up; the same again when the page is loaded again. None where there is nothing to offer."""
        row = self._row(session_id, now)
        if row is None or row.factor_since_ms is not None:
            return None
        secret = totp_secret(self._door.factor_key, row.manager_id, self._salt(row))
        uri = provisioning_uri(secret, row.manager_id)
        return Offer(secret, uri, *qr_squares(uri))

    def confirm(self, proof: Proof, *, now: datetime) -> Confirmed:
        """Set the offered factor, once a code shows that it works, and go on.

        Steps:

        1. the sign-in stands after its password, a factor was offered and none is set yet;
        2. the try is counted and allowed;
        3. the code is one of the offered secret;
        4. in one transaction: nobody set one meanwhile; recovery codes, audit, the next session.
        """
        row = self._row(proof.session_id, now)
        if row is None or row.factor_since_ms is not None or row.factor_salt is None:  # 1
            return Confirmed(WRONG)
        name = row.manager_id
        charged = self._door.charge(name, proof.address, now=now)  # 2
        if not charged.is_allowed:
            return Confirmed(SignIn(SignInOutcome.LOCKED, until=charged.until))
        step = accepted_step(totp_secret(self._door.factor_key, name, row.factor_salt), proof.typed, now=now, used=None)
        if step is None:  # 3
            return Confirmed(self._door.refuse(name, charged, known=True, now=now))
        codes = new_recovery_codes()
        answer = in_transaction(
            self._door.engine, lambda connection: self._keep(connection, row, proof, step, codes, now)
        )
        return Confirmed(answer, codes if answer.session_id is not None else ())

    def check(self, proof: Proof, *, now: datetime) -> SignIn:
        """Go on when the code is the authenticator's, or a recovery code not used yet.

        Steps:

        1. the sign-in stands after its password, and a factor is set;
        2. the try is counted, with those of the password, and allowed;
        3. in one transaction: the code's step is later than the last one used and becomes it, or the recovery code
           is marked as used; of two that come at once with the same code one goes on.
        """
        row = self._row(proof.session_id, now)
        if row is None or row.factor_since_ms is None:  # 1
            return WRONG
        charged = self._door.charge(row.manager_id, proof.address, now=now)  # 2
        if not charged.is_allowed:
            return SignIn(SignInOutcome.LOCKED, until=charged.until)

        def use(connection: Connection) -> SignIn | None:
            if not self._mark_used(connection, row, proof.typed, now):
                return None
            return self._onward(connection, row, proof, now)

        answer = in_transaction(self._door.engine, use)  # 3
        return answer or self._door.refuse(row.manager_id, charged, known=True, now=now)

    def codes_left(self, manager_id: str) -> int:
        """How many recovery codes were not used yet."""
        with reading(self._door.engine) as connection:
            query = select(func.count()).select_from(recovery_codes)
            unused = query.where(recovery_codes.c.manager_id == manager_id, recovery_codes.c.used_ms.is_(None))
            return int(connection.execute(unused).scalar_one())

    def _row(self, session_id: str, now: datetime) -> Any | None:
        return self._door.under_way(session_id, Stage.FACTOR_DUE, now=now)

    def _salt(self, row: Any) -> bytes:
        """The salt of the offer; two pages that ask at once get the same."""

        def keep(connection: Connection) -> bytes:
            mine = managers.c.manager_id == row.manager_id
            drawn = secrets.token_bytes(SALT_BYTES)
            connection.execute(update(managers).where(mine, managers.c.factor_salt.is_(None)).values(factor_salt=drawn))
            salt: bytes = connection.execute(select(managers.c.factor_salt).where(mine)).scalar_one()
            return salt

        return row.factor_salt or in_transaction(self._door.engine, keep)

    def _keep(
        self, connection: Connection, row: Any, proof: Proof, step: int, codes: tuple[str, ...], now: datetime
    ) -> SignIn:
        name, at = row.manager_id, milliseconds(now)
        unset = (managers.c.manager_id == name, managers.c.factor_since_ms.is_(None))
        change = update(managers).where(*unset, managers.c.factor_salt == row.factor_salt)
        if connection.execute(change.values(factor_since_ms=at, factor_step=step)).rowcount != 1:  # 4
            return WRONG
        connection.execute(delete(recovery_codes).where(recovery_codes.c.manager_id == name))
        hashes = [recovery_hash(self._door.factor_key, name, code) for code in codes]
        connection.execute(insert(recovery_codes), [{"manager_id": name, "code_hash": one} for one in hashes])
        self._door.audit(connection, AuditTag.MANAGER_FACTOR_SET, name, now)
        return self._onward(connection, row, proof, now)

    def _mark_used(self, connection: Connection, row: Any, typed: str, now: datetime) -> bool:
        name = row.manager_id
        secret = totp_secret(self._door.factor_key, name, row.factor_salt)
        step = accepted_step(secret, typed, now=now, used=row.factor_step)
        if step is not None:
            newer = update(managers).where(managers.c.manager_id == name, managers.c.factor_step < step)
            return connection.execute(newer.values(factor_step=step)).rowcount == 1
        use = update(recovery_codes).where(
            recovery_codes.c.manager_id == name,
            recovery_codes.c.code_hash == recovery_hash(self._door.factor_key, name, typed),
            recovery_codes.c.used_ms.is_(None),
        )
        if connection.execute(use.values(used_ms=milliseconds(now))).rowcount != 1:
            return False
        self._door.audit(connection, AuditTag.MANAGER_RECOVERY_CODE_USED, name, now)
        return True

    def _onward(self, connection: Connection, row: Any, proof: Proof, now: datetime) -> SignIn:
        sessions.end(connection, proof.session_id)
        stage = Stage.OPEN if row.password_until_ms is None else Stage.PASSWORD_DUE
        return self._door.onward(connection, row.manager_id, proof.address, now=now, stage=stage)
