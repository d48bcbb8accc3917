"""The account becomes its holder's: every generation of the dossier's key, from the code to the passphrase.

In two steps, so that a one-time code may stand between them: the wraps are sealed while the code is there, and come
into force when nothing is missing any more. Between the two they lie in the database as sealed as they will be later.
"""

from __future__ import annotations

from sqlalchemy import Connection

from central.vault import accounts, audit, keyring, slips
from central.vault.audit import Tag
from central.vault.errors import WrapError
from central.vault.models import AccountState, SlipState, WrapRole
from central.vault.slips import SlipOnFile
from central.vault.wraps import PassphraseKey, PassphraseWrap, open_with_code, wrap_for_passphrase
from wire.canonical import WireStruct
from wire.codes import ActivationCode

PENDING_LIMIT = 1 << 20  # bytes: thousands of generations


class PendingWraps(WireStruct, frozen=True):
    """The passphrase's wraps, generation by generation, not yet in force."""

    salt: bytes
    kdf: str
    sealed_to: bytes | None
    sealed: tuple[tuple[int, bytes], ...]


def seal_all(conn: Connection, slip: SlipOnFile, code: ActivationCode, key: PassphraseKey) -> PendingWraps:
    """Every generation's key, opened with the code and sealed to the passphrase.

    Raises:
        WrapError: a wrap does not open, is missing, or holds another key: the terminal was at fault.
    """
    dossier = keyring.find(conn, slip.dossier_id)
    held = keyring.sealed_for(conn, slip.dossier_id, WrapRole.PATIENT)
    publics = keyring.publics(conn, slip.dossier_id)
    if dossier is None or dossier.generation not in held:
        raise WrapError("there is no wrap for the code")
    made = []
    for generation, sealed in held.items():
        opened = open_with_code(sealed, code, slip.bound, publics[generation])
        made.append((generation, wrap_for_passphrase(opened, key, dossier.bound).sealed))
    public = key.private.public_key().public_bytes_raw()
    return PendingWraps(salt=key.salt, kdf=key.kdf, sealed_to=public, sealed=tuple(made))


def come_into_force(conn: Connection, slip: SlipOnFile, pending: PendingWraps, *, now_ms: int) -> bool:
    """The passphrase opens the dossier from now on, an older one and the code no longer.

    False, and nothing has changed, when that can no longer be: the slip is not live any more, or the key has a newer
    generation than what was sealed. The holder begins again.
    """
    dossier, live = keyring.find(conn, slip.dossier_id), slips.live_of(conn, slip.dossier_id)
    if dossier is None or live is None or live.record_id != slip.record_id:
        return False
    if dossier.generation not in dict(pending.sealed):
        return False
    had_passphrase = bool(keyring.drop(conn, slip.dossier_id, WrapRole.PASSPHRASE))
    keyring.drop(conn, slip.dossier_id, WrapRole.PATIENT)
    for generation, sealed in pending.sealed:
        wrap = PassphraseWrap(sealed, pending.salt, pending.kdf, pending.sealed_to)
        keyring.keep_passphrase(conn, slip.dossier_id, generation, wrap, now_ms=now_ms)
    slips.settle(conn, slip, SlipState.USED)
    if had_passphrase and dossier.account is AccountState.ACTIVE:
        audit.write_entry(conn, Tag.PASSPHRASE_REPLACED, at_ms=now_ms, dossier=slip.dossier_id, record=slip.record_id)
    else:
        accounts.move(conn, slip.dossier_id, AccountState.ACTIVE, record=slip.record_id, now_ms=now_ms)
    return True


def lock(conn: Connection, slip: SlipOnFile, state: SlipState, *, now_ms: int) -> None:
    """The code dies with its wraps: not even a copy of the database can be guessed at from here on.

    Where a passphrase is good the account stays active: whoever tries codes cannot shut its holder out.
    """
    slips.settle(conn, slip, state)
    keyring.drop(conn, slip.dossier_id, WrapRole.PATIENT)
    if keyring.has(conn, slip.dossier_id, WrapRole.PASSPHRASE):
        tag = Tag.CODE_OBJECTED if state is SlipState.OBJECTED else Tag.SLIP_LOCKED
        audit.write_entry(conn, tag, at_ms=now_ms, dossier=slip.dossier_id, record=slip.record_id)
    else:
        accounts.move(conn, slip.dossier_id, AccountState.LOCKED, record=slip.record_id, now_ms=now_ms)
