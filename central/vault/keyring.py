"""The wraps of one dossier in the database: kept, dropped, and made anew for a new generation of its key.

Every generation keeps its own wraps, for what was filed under it stays sealed to it. A new generation needs public keys
alone: the old private key is not opened for it, and the new one lives in memory only while it is wrapped.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from sqlalchemy import Connection, delete, func, insert, select, update

from central.vault import audit, slips
from central.vault.audit import Tag
from central.vault.errors import WrapError
from central.vault.models import AccountState, WrapRole, dossiers, generations, wraps
from central.vault.wraps import Bound, PassphraseWrap, public_key, seal_dossier_key
from wire.identifiers import DossierId, RecordId, TerminalId
from wire.sealing import SealPurpose
from wire.trust import KeyUse, TrustBundle

EMERGENCY = (WrapRole.BREAK_GLASS, WrapRole.CENTRE_15)
_ROLE_KEYS = {
    WrapRole.RECOVERY: (KeyUse.RECOVERY, SealPurpose.WRAP_RECOVERY),
    WrapRole.BREAK_GLASS: (KeyUse.BREAK_GLASS, SealPurpose.WRAP_BREAK_GLASS),
    WrapRole.CENTRE_15: (KeyUse.CENTRE_15, SealPurpose.WRAP_CENTRE_15),
}
_log = logging.getLogger("central.vault.keyring")


@dataclass(frozen=True, slots=True, repr=False)
class Dossier:
    """A dossier's row; ``bound`` is the context of all its wraps but the patient's."""

    dossier_id: DossierId
    bound: Bound
    generation: int
    generation_due: int
    account: AccountState
    is_closed: bool
    is_destroyed: bool
    destroy_due_ms: int | None


def find(conn: Connection, dossier: DossierId) -> Dossier | None:
    """The dossier, once it has arrived."""
    row = conn.execute(select(dossiers).where(dossiers.c.dossier_id == dossier.value)).one_or_none()
    if row is None:
        return None
    bound = Bound(RecordId(row.record_id), TerminalId(row.terminal))
    state = AccountState(row.account)
    return Dossier(
        dossier,
        bound,
        row.generation,
        row.generation_due,
        state,
        is_closed=row.closed_ms is not None,
        is_destroyed=row.destroyed_ms is not None,
        destroy_due_ms=row.destroy_due_ms,
    )


def add_generation(conn: Connection, dossier: DossierId, generation: int, public: bytes, *, now_ms: int) -> None:
    """The public half of one generation's key."""
    values = {"dossier_id": dossier.value, "generation": generation, "dossier_public": public, "made_ms": now_ms}
    conn.execute(insert(generations).values(**values))


def publics(conn: Connection, dossier: DossierId) -> dict[int, bytes]:
    """Generation → public half."""
    rows = conn.execute(select(generations).where(generations.c.dossier_id == dossier.value))
    return {row.generation: row.dossier_public for row in rows}


def keep(conn: Connection, dossier: DossierId, generation: int, role: WrapRole, sealed: bytes, *, now_ms: int) -> None:
    """A wrap that was not there."""
    _insert(conn, dossier, generation, role, now_ms, sealed=sealed)


def keep_passphrase(
    conn: Connection, dossier: DossierId, generation: int, wrap: PassphraseWrap, *, now_ms: int
) -> None:
    """The holder's wrap."""
    more = {"salt": wrap.salt, "kdf": wrap.kdf, "sealed_to": wrap.sealed_to}
    _insert(conn, dossier, generation, WrapRole.PASSPHRASE, now_ms, sealed=wrap.sealed, **more)


def sealed_for(conn: Connection, dossier: DossierId, role: WrapRole) -> dict[int, bytes]:
    """Generation → that role's wrap."""
    return {row.generation: row.sealed for row in _rows(conn, dossier, role)}


def has(conn: Connection, dossier: DossierId, role: WrapRole) -> bool:
    """Whether there is any wrap of that role."""
    count = select(func.count()).where(wraps.c.dossier_id == dossier.value, wraps.c.role == role.value)
    return bool(conn.execute(count).scalar_one())


def drop(conn: Connection, dossier: DossierId, *roles: WrapRole) -> int:
    """Delete those wraps in every generation; how many there were."""
    words = [role.value for role in roles]
    return conn.execute(delete(wraps).where(wraps.c.dossier_id == dossier.value, wraps.c.role.in_(words))).rowcount


def make_role_wrap(key: X25519PrivateKey, role: WrapRole, bound: Bound, trust: TrustBundle) -> bytes:
    """A dossier key for recovery, break-the-glass or centre 15, by the public keys of the trust bundle."""
    use, purpose = _ROLE_KEYS[role]
    return seal_dossier_key(key, trust.sealing_key(use), purpose, bound)


def renew(conn: Connection, dossier: Dossier, trust: TrustBundle, *, now_ms: int) -> None:
    """A new generation of a dossier's key, after somebody lost access.

    Steps:

    1. a new X25519 pair; its public half is what new entries are sealed to from now on;
    2. wraps for recovery and for the emergency roles that have one of the generation before;
    3. for the holder: to the public half of the code while a code is live, and of the passphrase once there is one;
    4. the private half is forgotten with this call; the dossier needs no other generation for now.

    Not done: what was filed before stays readable for whoever opened its generation while they could, and what older
    backups hold stays there. A holder's passphrase from the first version, whose public half was not kept, gets its
    wrap when it is replaced.
    """
    generation, key = dossier.generation + 1, X25519PrivateKey.generate()  # 1
    public = key.public_key().public_bytes_raw()
    add_generation(conn, dossier.dossier_id, generation, public, now_ms=now_ms)
    for role in (WrapRole.RECOVERY, *EMERGENCY):  # 2
        if role is WrapRole.RECOVERY or dossier.generation in sealed_for(conn, dossier.dossier_id, role):
            sealed = make_role_wrap(key, role, dossier.bound, trust)
            keep(conn, dossier.dossier_id, generation, role, sealed, now_ms=now_ms)
    _renew_for_code(conn, dossier, generation, key, now_ms)  # 3
    _renew_for_passphrase(conn, dossier, generation, key, now_ms)
    of_dossier = dossiers.c.dossier_id == dossier.dossier_id.value
    values = {"generation": generation, "generation_due": generation, "dossier_public": public}
    conn.execute(update(dossiers).where(of_dossier).values(**values))
    audit.write_entry(conn, Tag.KEY_RENEWED, at_ms=now_ms, dossier=dossier.dossier_id)


def _renew_for_code(conn: Connection, dossier: Dossier, generation: int, key: X25519PrivateKey, now_ms: int) -> None:
    slip = slips.live_of(conn, dossier.dossier_id)
    if slip is None or not has(conn, dossier.dossier_id, WrapRole.PATIENT):
        return
    sealed = _sealed_to(key, slip.code_public, SealPurpose.WRAP_PATIENT, slip.bound)
    if sealed is not None:
        keep(conn, dossier.dossier_id, generation, WrapRole.PATIENT, sealed, now_ms=now_ms)


def _renew_for_passphrase(
    conn: Connection, dossier: Dossier, generation: int, key: X25519PrivateKey, now_ms: int
) -> None:
    held = {row.generation: row for row in _rows(conn, dossier.dossier_id, WrapRole.PASSPHRASE)}
    row = held.get(dossier.generation)
    if row is None or row.sealed_to is None:
        return
    sealed = _sealed_to(key, row.sealed_to, SealPurpose.WRAP_PASSPHRASE, dossier.bound)
    if sealed is not None:
        wrap = PassphraseWrap(sealed, row.salt, row.kdf, row.sealed_to)
        keep_passphrase(conn, dossier.dossier_id, generation, wrap, now_ms=now_ms)


def _sealed_to(key: X25519PrivateKey, raw: bytes, purpose: SealPurpose, bound: Bound) -> bytes | None:
    """None where a hostile terminal gave a key that nothing can be sealed to: it must not stop a refusal."""
    try:
        to: X25519PublicKey = public_key(raw)
        return seal_dossier_key(key, to, purpose, bound)
    except (WrapError, ValueError):
        _log.warning("a public key cannot be sealed to: its wrap of the new generation is missing")
        return None


def _rows(conn: Connection, dossier: DossierId, role: WrapRole) -> list[Any]:
    of_role = (wraps.c.dossier_id == dossier.value, wraps.c.role == role.value)
    return list(conn.execute(select(wraps).where(*of_role).order_by(wraps.c.generation)))


def _insert(
    conn: Connection, dossier: DossierId, generation: int, role: WrapRole, now_ms: int, **values: object
) -> None:
    conn.execute(
        insert(wraps).values(dossier_id=dossier.value, generation=generation, role=role.value, made_ms=now_ms, **values)
    )
