"""Tables of managers, of their tries to sign in, of their sessions and recovery codes.

Hashes of passwords, names, addresses, session ids and recovery codes; of a TOTP secret only the salt it is derived
with: who reads the database can sign in as nobody.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from central.db import Hash, Millis, Name, Word, metadata

managers = Table(
    "managers",
    metadata,
    Column("manager_id", Name, primary_key=True),
    Column("role", Word, nullable=False, server_default="regional_manager"),  # central.staff.permissions.Role
    Column("region", String(3)),  # INSEE code of the region; null: sees them all
    Column("password_hash", Text, nullable=False),  # argon2id
    Column("password_until_ms", Millis),  # of a printed password: good until then, for one sign-in; null: their own
    Column("locked_ms", Millis),  # by command: signs in no more
    Column("factor_salt", LargeBinary(16)),  # the TOTP secret is derived from it; null: never offered
    Column("factor_since_ms", Millis),  # null: the offered secret was not confirmed yet
    Column("factor_step", BigInteger),  # the last 30-second step whose code was used: none is used twice
    Column("oidc_subject", String(255)),  # the claim of the identity provider that means this manager
    Column("created_ms", Millis, nullable=False),
    Index(None, "oidc_subject", unique=True),
)

recovery_codes = Table(
    "manager_recovery_codes",
    metadata,
    Column("manager_id", Name, ForeignKey("managers.manager_id"), primary_key=True),
    Column("code_hash", Hash, primary_key=True),  # keyed
    Column("used_ms", Millis),
)

sign_in_tries = Table(
    "sign_in_tries",
    metadata,
    # Of the name as typed: names that do not exist are counted alike, and people type passwords into this field.
    # Or, keyed, of the address one tries from.
    Column("name_hash", Hash, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("locks", Integer, nullable=False, server_default="0"),  # locks in a row: each is longer than the last
    Column("last_ms", Millis, nullable=False, index=True),
)

staff_sessions = Table(
    "staff_sessions",
    metadata,
    Column("session_hash", Hash, primary_key=True),
    Column("manager_id", Name, nullable=False, index=True),
    Column("stage", Word, nullable=False, server_default="open"),  # central.staff.sessions.Stage
    Column("started_ms", Millis, nullable=False, index=True),
)
