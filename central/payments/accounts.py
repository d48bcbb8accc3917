"""Where an office is paid: its bank account, given by somebody, never changed, replaced by a later one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select
from stdnum import bic as bic_numbers
from stdnum import iban as iban_numbers
from stdnum.exceptions import ValidationError

from central.audit import service as audit
from central.audit.service import AuditEntry
from central.audit.tags import AuditTag
from central.db import shard_of
from central.devices.models import offices
from central.errors import NotFoundError, SetupError
from central.payments.models import bank_accounts

_HOLDER = re.compile(r"[^\x00-\x1f\x7f]{1,70}")


@dataclass(frozen=True, slots=True)
class BankAccount:
    """Who is paid, and where; ``bic`` is None where the bank finds it by itself (SEPA asks for none)."""

    holder: str
    iban: str
    bic: str | None = None

    def __repr__(self) -> str:
        return "BankAccount(…)"


def read_account(holder: str, iban: str, bic: str | None) -> BankAccount:
    """An account as somebody typed it, checked: length of the country, check digits, form of the BIC.

    Not checked: that the account exists and is that holder's; the bank says so (verification of payee).

    Raises:
        SetupError: ``bank_account``, without a word of what was typed.
    """
    try:
        found = BankAccount(holder.strip(), iban_numbers.validate(iban), bic_numbers.validate(bic) if bic else None)
    except ValidationError as error:
        raise SetupError("this is no IBAN, or no BIC", code="bank_account") from error
    if not _HOLDER.fullmatch(found.holder):
        raise SetupError("the holder of an account has 1 to 70 letters", code="bank_account")
    return found


def set_account(
    connection: Connection, office_id: str, account: BankAccount, *, by: str, shards: int, now_ms: int
) -> None:
    """From now on an office is paid here.

    Raises:
        NotFoundError: no such office.
    """
    if connection.scalar(select(offices.c.office_id).where(offices.c.office_id == office_id)) is None:
        raise NotFoundError("no such office")
    connection.execute(
        insert(bank_accounts).values(
            office_id=office_id,
            since_ms=now_ms,
            holder=account.holder,
            iban=account.iban,
            bic=account.bic,
            set_by=by,
        )
    )
    entry = AuditEntry(AuditTag.OFFICE_BANK_ACCOUNT_SET, office_id.encode(), f"person:{by}")
    audit.append(connection, shard_of(office_id.encode(), shards), [entry], at_ms=now_ms)


def accounts_now(connection: Connection) -> dict[str, BankAccount]:
    """The account of each office that has one, the latest."""
    rows = connection.execute(select(bank_accounts).order_by(bank_accounts.c.since_ms))
    return {row.office_id: BankAccount(row.holder, row.iban, row.bic) for row in rows}
