"""Tables of one-time codes. Neither a code nor an address stands in them, only their keyed hashes."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, Table

from central.db import Hash, Id, Millis, Name, Word, metadata

contact_proofs = Table(
    "contact_proofs",
    metadata,
    Column("proof_id", Id, primary_key=True),  # UUIDv7: the index grows at its end
    Column("terminal_id", Name, nullable=False),
    Column("contact", Word, nullable=False),  # wire.proofs.ContactKind
    Column("address_hash", Hash, nullable=False),
    Column("code_hash", Hash),  # None as soon as the code is of no more use: proved, spent, not sent
    Column("wrong_tries", Integer, nullable=False),
    Column("asked_ms", Millis, nullable=False),
    Column("valid_until_ms", Millis, nullable=False),
    Column("proved_ms", Millis),
)
Index("ix_contact_proofs_address_hash_asked_ms", contact_proofs.c.address_hash, contact_proofs.c.asked_ms)
Index("ix_contact_proofs_terminal_id_asked_ms", contact_proofs.c.terminal_id, contact_proofs.c.asked_ms)
Index("ix_contact_proofs_asked_ms", contact_proofs.c.asked_ms)

proof_nonces = Table(
    "proof_nonces",
    metadata,
    Column("terminal_id", Name, primary_key=True),
    Column("nonce", Id, primary_key=True),
    Column("asked_ms", Millis, nullable=False),  # by central's clock
)
