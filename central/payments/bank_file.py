"""The file for the bank: ISO 20022 pain.001, a customer credit transfer initiation (SEPA credit transfers in euro).

Made and validated against the schema by the library ``sepaxml``, pain.001.001.03 or .09. The library draws its message
numbers and reads the clock; both are replaced here by what the payment says, so that the same payment makes the same
bytes again (and the file that was ordered can be told from another), and the result is validated anew.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from xml.etree import ElementTree as ET

from sepaxml import SepaTransfer
from sepaxml.validation import ValidationError, try_valid_xml

from central.errors import SetupError
from central.payments.accounts import BankAccount


@enum.unique
class BankFormat(enum.Enum):
    """Versions of the format; banks take the older one, and ask for the newer."""

    V3 = "pain.001.001.03"
    V9 = "pain.001.001.09"


@dataclass(frozen=True, slots=True)
class Transfer:
    """One line: who gets how many cents, under which name both banks keep, and what the statement of account says."""

    end_to_end: str
    account: BankAccount
    cents: int
    text: str


@dataclass(frozen=True, slots=True)
class BankOrder:
    """All transfers of one payment, on one day, from one account."""

    message_id: str
    made: datetime
    execution_on: date
    payer: BankAccount
    transfers: Sequence[Transfer]


def bank_file(order: BankOrder, version: BankFormat) -> bytes:
    """The bytes of the file.

    Raises:
        SetupError: ``bank_file``: the schema refuses it, without a word of what stands in it.
    """
    transfer = SepaTransfer(_payer(order.payer), version.value, clean=True)
    for line in order.transfers:
        transfer.add_payment(_line(line, order.execution_on))
    try:
        document = _named(transfer.export(validate=False), order, version)
        try_valid_xml(document, version.value)
    except ValidationError as error:
        raise SetupError("the bank's format refuses this payment", code="bank_file") from error
    return document


def _payer(account: BankAccount) -> dict[str, object]:
    bic = {} if account.bic is None else {"BIC": account.bic}
    return {"name": account.holder, "IBAN": account.iban, "batch": True, "currency": "EUR", **bic}


def _line(line: Transfer, day: date) -> dict[str, object]:
    bic = {} if line.account.bic is None else {"BIC": line.account.bic}
    return {
        "name": line.account.holder,
        "IBAN": line.account.iban,
        "amount": line.cents,
        "execution_date": day,
        "description": line.text,
        "endtoend_id": line.end_to_end,
        **bic,
    }


def _named(document: bytes, order: BankOrder, version: BankFormat) -> bytes:
    space = f"urn:iso:std:iso:20022:tech:xsd:{version.value}"
    root = ET.fromstring(document)  # noqa: S314 - our own bytes
    for path, text in (
        ("GrpHdr/MsgId", order.message_id),
        ("GrpHdr/CreDtTm", order.made.strftime("%Y-%m-%dT%H:%M:%S")),
        ("PmtInf/PmtInfId", order.message_id),
    ):
        found = root.find("./{*}CstmrCdtTrfInitn/" + "/".join(f"{{*}}{step}" for step in path.split("/")))
        assert found is not None, "the library writes these three"
        found.text = text
    ET.register_namespace("", space)
    content: bytes = ET.tostring(root, "utf-8")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + content
