"""A dossier that is new here: with the key a terminal made, or with one the vault makes."""

from __future__ import annotations

from collections.abc import Iterator

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from sqlalchemy import insert

from central.vault import accounts, decisions, keyring, slips
from central.vault.audit import Tag
from central.vault.errors import ItemRefusedError
from central.vault.keyring import EMERGENCY
from central.vault.models import AccountState, SlipState, WrapRole, dossiers
from central.vault.slips import SlipOnFile
from central.vault.work import Work
from central.vault.wraps import Bound
from wire.handover import HandOverItem
from wire.identifiers import DossierId
from wire.vault_parts import VaultPart


def open_dossier(work: Work, item: HandOverItem, dossier: DossierId, bound: Bound, part: VaultPart) -> None:
    """Keep what a terminal made.

    Steps:

    1. the dossier is not known yet;
    2. refusals are noted: a flag, or the absence of a wrap;
    3. each wrap that was made and not refused is kept, and the contact;
    4. a wrap that was made all the same went through other hands: the key gets a new generation at once;
    5. the slip is live.

    Raises:
        ItemRefusedError: ``dossier_known``.
    """
    _check_new(work, dossier)  # 1
    decisions.merge(work.conn, dossier, decisions.absent(item, part), now_ms=work.now_ms)  # 2
    _insert(work, dossier, bound, part.generation, part.dossier_public)
    refused, made = decisions.refused_roles(work.conn, dossier), dict(_made(part))
    for role, sealed in made.items():  # 3
        if role not in refused:
            keyring.keep(work.conn, dossier, part.generation, role, sealed, now_ms=work.now_ms)
    work.book.keep(work.conn, dossier, bound, part.contact, part.language, now_ms=work.now_ms)
    if part.locator is not None and part.code_public is not None:  # 5
        _keep_live_slip(work, dossier, bound, part.locator, part.code_public)
    found = keyring.find(work.conn, dossier)
    if refused & made.keys() and found is not None:  # 4, after 5: a live code gets its wrap of it too
        keyring.renew(work.conn, found, work.trust, now_ms=work.now_ms)


def make_dossier(work: Work, dossier: DossierId, bound: Bound) -> None:
    """No terminal made a key (automatic opening, a number found later): make it here.

    Wraps for recovery and for the emergency roles that nobody refused; none for the patient, who has no code yet. The
    private half is forgotten with this call.

    Raises:
        ItemRefusedError: ``dossier_known``.
    """
    _check_new(work, dossier)
    key = X25519PrivateKey.generate()
    _insert(work, dossier, bound, 0, key.public_key().public_bytes_raw())
    refused = decisions.refused_roles(work.conn, dossier)
    for role in (WrapRole.RECOVERY, *EMERGENCY):
        if role not in refused:
            sealed = keyring.make_role_wrap(key, role, bound, work.trust)
            keyring.keep(work.conn, dossier, 0, role, sealed, now_ms=work.now_ms)


def _check_new(work: Work, dossier: DossierId) -> None:
    if keyring.find(work.conn, dossier) is not None:
        raise ItemRefusedError("this dossier was opened by another record", code="dossier_known")


def _insert(work: Work, dossier: DossierId, bound: Bound, generation: int, public: bytes) -> None:
    work.conn.execute(
        insert(dossiers).values(
            dossier_id=dossier.value,
            record_id=bound.record_id.value,
            terminal=bound.terminal,
            dossier_public=public,
            generation=generation,
            generation_due=generation,
            account=AccountState.NONE.value,
            opened_ms=work.now_ms,
        )
    )
    keyring.add_generation(work.conn, dossier, generation, public, now_ms=work.now_ms)
    work.write(Tag.DOSSIER_OPENED, dossier, bound.record_id)


def _keep_live_slip(work: Work, dossier: DossierId, bound: Bound, locator: str, code_public: bytes) -> None:
    slip = SlipOnFile(
        record_id=bound.record_id,
        terminal=bound.terminal,
        dossier_id=dossier,
        code_public=code_public,
        state=SlipState.LIVE,
        wrong_tries=0,
        received_ms=work.now_ms,
        live_ms=work.now_ms,
        due_ms=None,
    )
    slips.keep(work.conn, slip, locator)
    accounts.open_to_activate(work.conn, dossier, record=bound.record_id, now_ms=work.now_ms)


def _made(part: VaultPart) -> Iterator[tuple[WrapRole, bytes]]:
    sealed = {
        WrapRole.RECOVERY: part.wrap_recovery,
        WrapRole.PATIENT: part.wrap_patient,
        WrapRole.BREAK_GLASS: part.wrap_break_glass,
        WrapRole.CENTRE_15: part.wrap_centre_15,
    }
    return ((role, wrap) for role, wrap in sealed.items() if wrap is not None)
