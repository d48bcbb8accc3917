"""Slips: what a locator names, in which state, and since when its code is good."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from central.vault.models import SlipState, slips
from central.vault.wraps import Bound
from wire.codes import Locator
from wire.identifiers import DossierId, RecordId, TerminalId

_OPEN_STATES = (SlipState.LIVE.value, SlipState.WAITING_GUARD.value)


@dataclass(frozen=True, slots=True, repr=False)
class SlipOnFile:
    """A slip as the vault has it.

    ``place``: in the order of arrival within its dossier, 0 before it is kept; ``live_ms``: since when it is good;
    ``due_ms``: while it waits, not before then.
    """

    record_id: RecordId
    terminal: TerminalId
    dossier_id: DossierId
    code_public: bytes
    state: SlipState
    wrong_tries: int
    received_ms: int
    live_ms: int | None
    due_ms: int | None
    place: int = 0

    @property
    def bound(self) -> Bound:
        """The context of the wrap for its code."""
        return Bound(self.record_id, self.terminal)


def with_locator(conn: Connection, locator: Locator) -> list[SlipOnFile]:
    """The slips that bear it, oldest first; almost always one."""
    rows = conn.execute(
        select(slips).where(slips.c.locator == locator.value).order_by(slips.c.received_ms, slips.c.record_id)
    )
    return [_slip(row) for row in rows]


def of_record(conn: Connection, record: RecordId) -> SlipOnFile | None:
    """The slip that a record asked for."""
    row = conn.execute(select(slips).where(slips.c.record_id == record.value)).one_or_none()
    return None if row is None else _slip(row)


def live_of(conn: Connection, dossier: DossierId) -> SlipOnFile | None:
    """The one slip of a dossier whose code has a wrap."""
    of_dossier = (slips.c.dossier_id == dossier.value, slips.c.state == SlipState.LIVE.value)
    row = conn.execute(select(slips).where(*of_dossier)).one_or_none()
    return None if row is None else _slip(row)


def waiting(conn: Connection, *, now_ms: int, limit: int) -> list[SlipOnFile]:
    """Requests for a new code whose time has come, in the order they arrived."""
    rows = conn.execute(
        select(slips)
        .where(slips.c.due_ms <= now_ms)
        .order_by(slips.c.due_ms, slips.c.received_ms, slips.c.dossier_id, slips.c.place)
        .limit(limit)
    )
    return [_slip(row) for row in rows]


def is_superseded(conn: Connection, slip: SlipOnFile) -> bool:
    """Whether a slip of that dossier that arrived later is good or was used: the older one comes too late."""
    later = (slips.c.dossier_id == slip.dossier_id.value, slips.c.place > slip.place)
    good = slips.c.state.in_((SlipState.LIVE.value, SlipState.USED.value))
    return conn.execute(select(slips.c.record_id).where(*later, good).limit(1)).first() is not None


def was_used(conn: Connection, dossier: DossierId) -> bool:
    """Whether a code of that dossier ever made an account somebody's, also one that was closed since."""
    used = (slips.c.dossier_id == dossier.value, slips.c.state == SlipState.USED.value)
    return conn.execute(select(slips.c.record_id).where(*used).limit(1)).first() is not None


def keep(conn: Connection, slip: SlipOnFile, locator: str) -> None:
    """A slip that is new here; its place is the next one of its dossier: slips of one hand-over have one time."""
    last = conn.execute(select(func.max(slips.c.place)).where(slips.c.dossier_id == slip.dossier_id.value)).scalar()
    conn.execute(
        insert(slips).values(
            locator=locator,
            record_id=slip.record_id.value,
            dossier_id=slip.dossier_id.value,
            terminal=slip.terminal,
            code_public=slip.code_public,
            state=slip.state.value,
            wrong_tries=slip.wrong_tries,
            received_ms=slip.received_ms,
            place=(last or 0) + 1,
            live_ms=slip.live_ms,
            due_ms=slip.due_ms,
        )
    )


def settle(conn: Connection, slip: SlipOnFile, state: SlipState, **values: int) -> None:
    """Another state; a slip that waits no longer has no due time."""
    conn.execute(_of(slip).values(state=state.value, due_ms=None, **values))


def count_wrong(conn: Connection, slip: SlipOnFile) -> None:
    """One wrong try more."""
    conn.execute(_of(slip).values(wrong_tries=slip.wrong_tries + 1))


def postpone(conn: Connection, slip: SlipOnFile, due_ms: int) -> None:
    """Not before then."""
    conn.execute(_of(slip).values(due_ms=due_ms))


def void_waiting(conn: Connection, dossier: DossierId, terminal: TerminalId) -> None:
    """None of the codes that were asked for at that terminal before becomes good any more."""
    at_terminal = (slips.c.dossier_id == dossier.value, slips.c.terminal == terminal)
    conn.execute(
        update(slips)
        .where(*at_terminal, slips.c.state == SlipState.WAITING_GUARD.value)
        .values(state=SlipState.VOID.value, due_ms=None)
    )


def void_all(conn: Connection, dossier: DossierId) -> None:
    """None of a dossier's codes is good any more, and no request for one waits."""
    conn.execute(
        update(slips)
        .where(slips.c.dossier_id == dossier.value, slips.c.state.in_(_OPEN_STATES))
        .values(state=SlipState.VOID.value, due_ms=None)
    )


def _of(slip: SlipOnFile) -> Any:
    return update(slips).where(slips.c.record_id == slip.record_id.value)


def _slip(row: Any) -> SlipOnFile:
    return SlipOnFile(
        record_id=RecordId(row.record_id),
        terminal=TerminalId(row.terminal),
        dossier_id=DossierId(row.dossier_id),
        code_public=row.code_public,
        state=SlipState(row.state),
        wrong_tries=row.wrong_tries,
        received_ms=row.received_ms,
        live_ms=row.live_ms,
        due_ms=row.due_ms,
        place=row.place,
    )
