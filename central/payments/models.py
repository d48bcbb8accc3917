"""Tables of payments: where an office is paid, and what was ordered. They name bank accounts, and no person."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, String, Table, Text

from central.db import Day, Hash, Millis, Name, Word, metadata

bank_accounts = Table(
    "bank_accounts",
    metadata,
    # Never changed: a new account is a row with a later time.
    Column("office_id", Name, ForeignKey("offices.office_id"), primary_key=True),
    Column("since_ms", Millis, primary_key=True, autoincrement=False),
    Column("holder", Text, nullable=False),
    Column("iban", String(34), nullable=False),
    Column("bic", String(11)),
    Column("set_by", String(64), nullable=False),
)

payments = Table(
    "payments",
    metadata,
    Column("payment_id", Word, primary_key=True),  # 2018-11-1: the month up to which, and which order for it
    Column("month", String(7), nullable=False),
    Column("made_ms", Millis, nullable=False),
    Column("execution_on", Day, nullable=False),
    Column("payer_name", Text, nullable=False),
    Column("payer_iban", String(34), nullable=False),
    Column("payer_bic", String(11)),
    Column("lines", Integer, nullable=False),
    Column("cents", BigInteger, nullable=False),
    Column("file_hash", Hash, nullable=False),  # of the file for the bank: it can be made again, byte by byte
    Column("made_by", String(64), nullable=False),
)

payment_lines = Table(
    "payment_lines",
    metadata,
    Column("payment_id", Word, ForeignKey("payments.payment_id"), primary_key=True),
    Column("office_id", Name, ForeignKey("offices.office_id"), primary_key=True),
    Column("cents", BigInteger, nullable=False),
    Column("holder", Text, nullable=False),
    Column("iban", String(34), nullable=False),
    Column("bic", String(11)),
)
