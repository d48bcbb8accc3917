"""A change to a dossier that exists: a new code, the emergency accesses, the contact, closing, opening again."""

from __future__ import annotations

from sqlalchemy import update

from central.vault import accounts, challenges, contacts, decisions, destruction, keyring, notices, slips
from central.vault.audit import Tag
from central.vault.keyring import EMERGENCY, Dossier
from central.vault.models import AccountState, NoticeKind, SlipState, WrapRole, dossiers
from central.vault.slips import SlipOnFile
from central.vault.work import Work
from central.vault.wraps import Bound
from wire.evidence import Contact
from wire.handover import ANNULMENT, HandOverItem
from wire.identifiers import DossierId, RecordId
from wire.vault_parts import VaultChange


def apply(work: Work, item: HandOverItem, dossier: Dossier, bound: Bound, change: VaultChange) -> None:
    """Carry out what a change says; a field that is None changes nothing.

    Steps:

    1. closed or opened again;
    2. the answers on emergency access, after central's word on what was decided later;
    3. a new code asks the guard; who is told of it is decided before the contact changes;
    4. the contact replaced, the former one told; the language.

    Not checked: who attested the change (central does); that the new contact is the holder's (a one-time code does).
    """
    if change.is_closed is True:  # 1
        _close(work, dossier, bound.record_id, item.kind, delete_now=change.delete_now)
    elif change.is_closed is False and dossier.is_closed:
        _reopen(work, dossier, bound.record_id)
    turns = decisions.merge(  # 2
        work.conn, dossier.dossier_id, decisions.answered(item, change), now_ms=work.now_ms
    )
    decisions.carry_out(work.conn, dossier.dossier_id, turns, work.trust, now_ms=work.now_ms)
    if change.is_closed is False and dossier.is_closed:
        _furnish(work, dossier.dossier_id)
    if change.locator is not None and change.code_public is not None:  # 3
        request_code(work, dossier.dossier_id, bound, change.locator, change.code_public)
    if change.contact is not None:  # 4
        _replace_contact(work, dossier, bound.record_id, change.contact)
    if change.language is not None:
        contacts.speak(work.conn, dossier.dossier_id, change.language)


def request_code(work: Work, dossier_id: DossierId, bound: Bound, locator: str, code_public: bytes) -> None:
    """Keep a slip that waits for the guard, and let the holder be told.

    Where the account is or was somebody's it waits for ``guard_delay``, else for the guard's next round: closing a
    dossier first, and opening it again, is no way around the delay. A dossier that has not arrived has nobody to tell;
    a closed one gives no code. What waits since that terminal asked before is void: there the same visit had its slip
    torn, and a torn code must not be good for the hours by which its successor came later.
    """
    dossier = keyring.find(work.conn, dossier_id)
    is_closed = dossier is not None and dossier.is_closed
    due_ms = work.later_ms(work.guard_delay) if slips.was_used(work.conn, dossier_id) else work.now_ms
    slip = SlipOnFile(
        record_id=bound.record_id,
        terminal=bound.terminal,
        dossier_id=dossier_id,
        code_public=code_public,
        state=SlipState.VOID if is_closed else SlipState.WAITING_GUARD,
        wrong_tries=0,
        received_ms=work.now_ms,
        live_ms=None,
        due_ms=None if is_closed else due_ms,
    )
    slips.void_waiting(work.conn, dossier_id, bound.terminal)
    slips.keep(work.conn, slip, locator)
    work.write(Tag.CODE_REQUESTED, dossier_id, bound.record_id)
    if dossier is not None and not is_closed:
        _tell_all(work, dossier, bound.record_id, NoticeKind.NEW_CODE)


def complete_contact(work: Work, dossier: Dossier, record: RecordId, contact: Contact, language: str | None) -> None:
    """Keep a contact where none is known."""
    held = work.book.find(work.conn, dossier.dossier_id, dossier.bound)
    if held is not None and held.contact is not None:
        return
    contacts.forget(work.conn, dossier.dossier_id)
    work.book.keep(work.conn, dossier.dossier_id, dossier.bound, contact, language, now_ms=work.now_ms)
    work.write(Tag.CONTACT_CHANGED, dossier.dossier_id, record)


def _tell_all(work: Work, dossier: Dossier, record: RecordId, kind: NoticeKind) -> None:
    held = work.book.find(work.conn, dossier.dossier_id, dossier.bound)
    language = contacts.known_language(None if held is None else held.language)
    to = notices.all_heard(held, work)
    notices.queue(work, dossier.dossier_id, dossier.bound, record, kind, to, language)


def _replace_contact(work: Work, dossier: Dossier, record: RecordId, new: Contact) -> None:
    held = work.book.find(work.conn, dossier.dossier_id, dossier.bound)
    if held is None:
        work.book.keep(work.conn, dossier.dossier_id, dossier.bound, new, None, now_ms=work.now_ms)
    else:
        to = notices.of_replaced_contact(held, new, work)
        kind = NoticeKind.CONTACT_REPLACED
        notices.queue(work, dossier.dossier_id, dossier.bound, record, kind, to, held.language)
        work.book.replace(work.conn, dossier.dossier_id, dossier.bound, new, now_ms=work.now_ms)
    challenges.end_all(work.conn, dossier.dossier_id)  # a code on its way to the former one proves nothing any more
    work.write(Tag.CONTACT_CHANGED, dossier.dossier_id, record)


def _close(work: Work, dossier: Dossier, record: RecordId, kind: str, *, delete_now: bool) -> None:
    """Nobody but recovery reaches the content, which stays until it is destroyed; a later closing only hastens that.

    The holder is told, but of an annulment: that is a letter of the controller's, for the contact may be another's.
    """
    due_ms = destruction.due_ms(kind, delete_now=delete_now, now_ms=work.now_ms)
    if not dossier.is_closed:
        _shut(work, dossier, record)
    if dossier.destroy_due_ms is None or due_ms < dossier.destroy_due_ms:
        of_dossier = dossiers.c.dossier_id == dossier.dossier_id.value
        work.conn.execute(update(dossiers).where(of_dossier).values(destroy_due_ms=due_ms))
        if kind != ANNULMENT:
            _tell_all(work, dossier, record, NoticeKind.DELETION if delete_now else NoticeKind.CLOSED)
    if delete_now:
        work.write(Tag.DESTRUCTION_DUE, dossier.dossier_id, record)


def _shut(work: Work, dossier: Dossier, record: RecordId) -> None:
    of_dossier = dossiers.c.dossier_id == dossier.dossier_id.value
    work.conn.execute(update(dossiers).where(of_dossier).values(closed_ms=work.now_ms))
    work.write(Tag.DOSSIER_CLOSED, dossier.dossier_id, record)
    if keyring.drop(work.conn, dossier.dossier_id, WrapRole.PATIENT, WrapRole.PASSPHRASE, *EMERGENCY):
        decisions.mark_due(work.conn, dossier)  # what is filed after opening again is not for those of before
    slips.void_all(work.conn, dossier.dossier_id)
    challenges.end_all(work.conn, dossier.dossier_id)
    for role in EMERGENCY:
        decisions.pay(work.conn, dossier.dossier_id, decisions.OWED[role])
    accounts.move(work.conn, dossier.dossier_id, AccountState.DISABLED, record=record, now_ms=work.now_ms)


def _reopen(work: Work, dossier: Dossier, record: RecordId) -> None:
    of_dossier = dossiers.c.dossier_id == dossier.dossier_id.value
    work.conn.execute(update(dossiers).where(of_dossier).values(closed_ms=None, destroy_due_ms=None))
    notices.drop(work.conn, dossier.dossier_id, NoticeKind.CLOSED, NoticeKind.DELETION)
    work.write(Tag.DOSSIER_REOPENED, dossier.dossier_id, record)
    accounts.move(work.conn, dossier.dossier_id, AccountState.NONE, record=record, now_ms=work.now_ms)


def _furnish(work: Work, dossier_id: DossierId) -> None:
    """A dossier opened again: a generation of its own for what comes, and wraps for who is not refused."""
    dossier = keyring.find(work.conn, dossier_id)
    assert dossier is not None  # it was changed in this transaction
    if dossier.generation_due > dossier.generation:
        keyring.renew(work.conn, dossier, work.trust, now_ms=work.now_ms)
    refused = decisions.refused_roles(work.conn, dossier_id)
    for role in EMERGENCY:
        if role not in refused:
            decisions.owe(work.conn, dossier_id, decisions.OWED[role], now_ms=work.now_ms)
