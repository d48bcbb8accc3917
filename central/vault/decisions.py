"""Who may reach a dossier in an emergency, as last decided: words that may come in any order and any number of times.

A word says of one role at one time: refused, or granted. Words are merged by their maximum over (time, refused): the
later wins, and at the same time the refusal. Whatever the order of arrival, the same word remains (decision 13).
A dossier for which no word stands has what its terminal made: a wrap that was not made is itself a refusal.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update

from central.engine import insert_into
from central.vault import audit, keyring
from central.vault.audit import Tag
from central.vault.models import Owed, WrapRole, decisions, dossiers, owed
from wire.handover import HandOverItem
from wire.identifiers import DossierId
from wire.trust import TrustBundle
from wire.vault_parts import VaultChange, VaultPart

_REFUSED = {WrapRole.BREAK_GLASS: Tag.BREAK_GLASS_REFUSED, WrapRole.CENTRE_15: Tag.CENTRE_15_REFUSED}
_GRANTED = {WrapRole.BREAK_GLASS: Tag.BREAK_GLASS_GRANTED, WrapRole.CENTRE_15: Tag.CENTRE_15_GRANTED}
OWED = {WrapRole.BREAK_GLASS: Owed.BREAK_GLASS, WrapRole.CENTRE_15: Owed.CENTRE_15}


@dataclass(frozen=True, slots=True, order=True)
class Word:
    """One decision; their order is the rule of the merge."""

    decided_ms: int
    refused: bool


Words = dict[WrapRole, Word]


class Turn(enum.Enum):
    """What a word changed."""

    REFUSED = "refused"
    GRANTED = "granted"


def flagged(item: HandOverItem) -> Words:
    """Central's refusals. Its silence grants nothing: only an explicit answer does (:func:`answered`)."""
    flags = {
        WrapRole.BREAK_GLASS: Word(item.break_glass_decided_ms, item.break_glass_refused),
        WrapRole.CENTRE_15: Word(item.centre_15_decided_ms, item.centre_15_refused),
    }
    return {role: word for role, word in flags.items() if word.refused}


def absent(item: HandOverItem, part: VaultPart) -> Words:
    """The terminal makes no wrap for an access that was refused, so its absence is the refusal.

    Where central says of that role "granted", with a time, the absence is of an earlier enrolment: just older.
    """
    made = {WrapRole.BREAK_GLASS: part.wrap_break_glass, WrapRole.CENTRE_15: part.wrap_centre_15}
    return {role: _refusal(item, role) for role, wrap in made.items() if wrap is None}


def answered(item: HandOverItem, change: VaultChange) -> Words:
    """What the holder answered anew.

    A "yes" beside central's refusal is the older of the two; at that refusal's time it says nothing (:class:`Word`).
    """
    said = {WrapRole.BREAK_GLASS: change.break_glass, WrapRole.CENTRE_15: change.centre_15}
    words = {}
    for role, answer in said.items():
        if answer is False:
            words[role] = _refusal(item, role)
        elif answer is True:
            words[role] = Word(_flag(item, role).decided_ms, refused=False)
    return words


def merge(conn: Connection, dossier: DossierId, words: Words, *, now_ms: int) -> dict[WrapRole, Turn]:
    """Note words; what they changed has its audit entry, and is the caller's to carry out (:func:`carry_out`)."""
    turns = {}
    for role in sorted(words, key=lambda role: role.value):
        turn = _note(conn, dossier, role, words[role], now_ms)
        if turn is not None:
            tags = _REFUSED if turn is Turn.REFUSED else _GRANTED
            audit.write_entry(conn, tags[role], at_ms=now_ms, dossier=dossier)
            turns[role] = turn
    return turns


def carry_out(
    conn: Connection, dossier: DossierId, turns: dict[WrapRole, Turn], trust: TrustBundle, *, now_ms: int
) -> None:
    """Make the wraps follow the decisions.

    Refused: the wraps are deleted in every generation, and if there were any the key gets a new one. Granted: the
    guard owes the wraps, for they are made from recovery. A closed dossier has no such wraps and gets none.
    """
    refused = [role for role, turn in turns.items() if turn is Turn.REFUSED]
    for role in refused:
        _owe_no_longer(conn, dossier, role)
    dropped = keyring.drop(conn, dossier, *refused) if refused else 0
    found = keyring.find(conn, dossier)
    if found is None or found.is_closed:
        return
    if dropped:
        keyring.renew(conn, found, trust, now_ms=now_ms)
    for role, turn in turns.items():
        if turn is Turn.GRANTED:
            owe(conn, dossier, OWED[role], now_ms=now_ms)


def refused_roles(conn: Connection, dossier: DossierId) -> frozenset[WrapRole]:
    """Who may not."""
    rows = conn.execute(
        select(decisions.c.role).where(decisions.c.dossier_id == dossier.value, decisions.c.refused.is_(True))
    )
    return frozenset(WrapRole(row.role) for row in rows)


def owe(conn: Connection, dossier: DossierId, what: Owed, *, now_ms: int) -> None:
    """Leave work to the guard; twice is once."""
    insertion = insert_into(conn, owed).on_conflict_do_nothing()
    conn.execute(insertion, {"dossier_id": dossier.value, "what": what.value, "noted_ms": now_ms})


def pay(conn: Connection, dossier: DossierId, what: Owed) -> None:
    """That work is done, or is none any more."""
    conn.execute(delete(owed).where(owed.c.dossier_id == dossier.value, owed.c.what == what.value))


def mark_due(conn: Connection, dossier: keyring.Dossier) -> None:
    """New entries will need a new generation: it is made when the dossier is opened again."""
    conn.execute(
        update(dossiers)
        .where(dossiers.c.dossier_id == dossier.dossier_id.value)
        .values(generation_due=dossier.generation + 1)
    )


def _owe_no_longer(conn: Connection, dossier: DossierId, role: WrapRole) -> None:
    pay(conn, dossier, OWED[role])


def _flag(item: HandOverItem, role: WrapRole) -> Word:
    if role is WrapRole.BREAK_GLASS:
        return Word(item.break_glass_decided_ms, item.break_glass_refused)
    return Word(item.centre_15_decided_ms, item.centre_15_refused)


def _refusal(item: HandOverItem, role: WrapRole) -> Word:
    flag = _flag(item, role)
    return Word(flag.decided_ms if flag.refused else max(0, flag.decided_ms - 1), refused=True)


def _note(conn: Connection, dossier: DossierId, role: WrapRole, word: Word, now_ms: int) -> Turn | None:
    of_role = (decisions.c.dossier_id == dossier.value, decisions.c.role == role.value)
    row = conn.execute(select(decisions).where(*of_role)).one_or_none()
    held = None if row is None else Word(row.decided_ms, row.refused)
    if held is not None and word <= held:
        return None
    values = {"refused": word.refused, "decided_ms": word.decided_ms, "noted_ms": now_ms}
    if held is None:
        conn.execute(insert(decisions).values(dossier_id=dossier.value, role=role.value, **values))
    else:
        conn.execute(update(decisions).where(*of_role).values(**values))
    was_refused = held is not None and held.refused
    if word.refused == was_refused:
        return None
    return Turn.REFUSED if word.refused else Turn.GRANTED
