"""Tables of offices, of their operators, of the terminals that stand in them, and of the tickets that make them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, String, Table, Text, false

from central.db import Hash, Millis, Name, Word, metadata

offices = Table(
    "offices",
    metadata,
    Column("office_id", Name, primary_key=True),
    Column("name", Text, nullable=False),
    Column("lines", Text, nullable=False),  # JSON list: the address as printed
    Column("kind", Word, nullable=False),  # cpam or pharmacy
    Column("finess", String(9)),
    Column("departement", String(3), nullable=False, index=True),  # INSEE code: 75, 2A, 974
    Column("region", String(3), nullable=False, index=True),  # INSEE code of the region: 11, 94, 04
    Column("help_line", Text),
    Column("created_ms", Millis, nullable=False),
    # The guide's way (EX_1.1-1050), at the pharmacy's wish: emergency accesses ticked before anybody answers.
    Column("pre_ticked_emergency", Boolean, nullable=False, server_default=false()),
)

operators = Table(
    "operators",
    metadata,
    Column("office_id", Name, ForeignKey("offices.office_id"), primary_key=True),
    Column("operator_id", Name, primary_key=True),
    Column("role", Word, nullable=False),  # agent, pharmacist or preparer
    Column("display_name", Text, nullable=False),
    Column("pin_hash", Text, nullable=False),  # argon2id
    Column("created_ms", Millis, nullable=False),
    Column("retired_ms", Millis),  # may attest no more; kept, because records name it
)

devices = Table(
    "devices",
    metadata,
    Column("terminal_id", Name, primary_key=True),
    Column("office_id", Name, ForeignKey("offices.office_id"), nullable=False, index=True),
    Column("channel", Word, nullable=False),
    Column("sub_channel", Word, nullable=False),
    Column("state", Word, nullable=False),  # expected (ticket issued), registered, revoked
    Column("public_key", Hash),  # 32 bytes, Ed25519; never changes once set
    Column("registered_ms", Millis),
    Column("revoked_ms", Millis),
    Column("last_seen_ms", Millis),
    # The head of the terminal's chain as central has it: None before its first record.
    Column("last_sequence", BigInteger),
    Column("last_hash", Hash),
)

device_days = Table(
    "device_days",
    metadata,
    # One row a terminal: what it handed in on the last day it was heard of. It bounds what a hostile one can fill.
    Column("terminal_id", Name, ForeignKey("devices.terminal_id"), primary_key=True),
    Column("day", Integer, nullable=False),  # UTC days since 1970, by central's clock
    Column("records", Integer, nullable=False),
    Column("size", BigInteger, nullable=False),  # bytes
)

conditions = Table(
    "device_conditions",
    metadata,
    # What a terminal last told of itself; a row only of those that tell, written only when it changes.
    Column("terminal_id", Name, ForeignKey("devices.terminal_id"), primary_key=True),
    Column("faults", Text, nullable=False),  # codes of docs/faults.md between spaces; empty: it is well
    Column("enrols", Boolean, nullable=False),  # whether people can enrol there
    Column("asked_ms", Millis, nullable=False),  # by the terminal's clock: an older word, replayed, is not taken
    Column("changed_ms", Millis, nullable=False),  # by central's
)

tickets = Table(
    "registration_tickets",
    metadata,
    Column("token_hash", Hash, primary_key=True),
    Column("terminal_id", Name, ForeignKey("devices.terminal_id"), nullable=False, index=True),
    Column("issued_ms", Millis, nullable=False),
    Column("expires_ms", Millis, nullable=False),
    Column("used_ms", Millis),
)
