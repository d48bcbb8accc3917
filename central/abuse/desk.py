"""The work list of the bonus officer: cases are filed with money held back, and each is decided once, by a name."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from central.abuse.models import abuse_cases, abuse_evidence
from central.abuse.scores import NOTICE, Suspicion
from central.abuse.verdicts import Verdict
from central.audit import service as audit
from central.audit.service import AuditEntry
from central.audit.tags import AuditTag
from central.db import shard_of
from central.devices.models import offices
from central.engine import insert_rows
from central.errors import AlreadyThereError, NotFoundError
from central.ledger import reasons
from central.ledger.amending import amend
from central.ledger.service import Saying
from central.ledger.standing import Word
from central.turns import take_turns

_DOMAIN = b"dmp-case-v1"
_ID_BYTES = 16
_ACTOR = "abuse-scan"
_AT_ONCE = 500
_TAGS = {Verdict.CLEARED: AuditTag.ABUSE_CLEARED, Verdict.CONFIRMED: AuditTag.ABUSE_CONFIRMED}
_WORDS = {Verdict.CLEARED: Word.RELEASED, Verdict.CONFIRMED: Word.REVERSED}


@dataclass(frozen=True, slots=True)
class Filed:
    """What a filing did: new cases, and the cents it held back."""

    cases: int
    held_cents: int


def file_cases(connection: Connection, found: Iterable[Suspicion], *, shards: int, now_ms: int) -> Filed:
    """Put suspicions on the work list, and hold back what the strong ones rest on.

    Steps, for each:

    1. openings that were evidence for the same score before are left out: what somebody has looked at, or is to look
       at, is not asked again;
    2. what is left must still reach the notice by its share of the whole, else it waits for more (so a home for the
       elderly that was cleared once is not asked about for each new inhabitant);
    3. the case is filed, and above the threshold the amounts are held, with the case as the reason.
    """
    take_turns(connection, _ACTOR.encode())  # two scans at once would file the same evidence twice
    cases = held = 0
    for suspicion in found:
        fresh = _fresh(connection, suspicion)  # 1
        percent = suspicion.percent * len(fresh) // len(suspicion.evidence) if fresh else 0
        if percent < NOTICE:  # 2
            continue
        case_id = _file(connection, suspicion, fresh, percent, now_ms)  # 3
        entry = AuditEntry(AuditTag.ABUSE_SUSPECTED, case_id, _ACTOR, suspicion.score)
        audit.append(connection, shard_of(case_id, shards), [entry], at_ms=now_ms)
        cases += 1
        if percent >= 100:  # noqa: PLR2004 - per cent
            sayings = [Saying(dossier_id, Word.HELD, reasons.of_case(case_id)) for dossier_id in fresh]
            said = amend(connection, sayings, actor=_ACTOR, shards=shards, now_ms=now_ms)
            held -= sum(one.owed for one in said)
    return Filed(cases, held)


def open_cases(connection: Connection) -> Sequence[Row[Any]]:
    """The work list: the strongest first, each with how many openings it rests on."""
    count = func.count(abuse_evidence.c.dossier_id).label("openings")
    return connection.execute(
        select(abuse_cases, offices.c.name.label("office_name"), count)
        .join(abuse_evidence, abuse_evidence.c.case_id == abuse_cases.c.case_id)
        .join(offices, offices.c.office_id == abuse_cases.c.office_id)
        .where(abuse_cases.c.verdict == Verdict.OPEN.value)
        .group_by(*abuse_cases.c, offices.c.name)
        .order_by(abuse_cases.c.percent.desc(), abuse_cases.c.found_ms)
    ).all()


def evidence_of(connection: Connection, case_id: bytes) -> list[bytes]:
    """The dossiers that a case rests on."""
    return list(
        connection.execute(
            select(abuse_evidence.c.dossier_id)
            .where(abuse_evidence.c.case_id == case_id)
            .order_by(abuse_evidence.c.dossier_id)
        ).scalars()
    )


def decide(
    connection: Connection,
    case_id: bytes,
    verdict: Verdict,
    *,
    because: str,
    by: str,
    shards: int,
    now_ms: int,
    actor: str | None = None,
) -> int:
    """Somebody has looked: the amounts are to be paid, or taken back; by how many cents the debt changed.

    What another case, or another reason, holds stays held. A decision falls in the open month; whoever sees later that
    it was wrong makes the office whole by another way than this one. ``actor`` is who stands in the audit: the person
    ``by`` when nobody says otherwise.

    Raises:
        NotFoundError: no such case. AlreadyThereError: it was decided before.
    """
    undecided = abuse_cases.c.case_id == case_id, abuse_cases.c.verdict == Verdict.OPEN.value
    decided = connection.execute(
        update(abuse_cases)
        .where(*undecided)
        .values(verdict=verdict.value, decided_ms=now_ms, decided_by=by, because=because)
    )
    if not decided.rowcount:
        if connection.scalar(select(abuse_cases.c.case_id).where(abuse_cases.c.case_id == case_id)) is None:
            raise NotFoundError("no such case")
        raise AlreadyThereError("this case was decided before")
    actor, reason = actor or f"person:{by}", reasons.of_case(case_id)
    entry = AuditEntry(_TAGS[verdict], case_id, actor, because)
    audit.append(connection, shard_of(case_id, shards), [entry], at_ms=now_ms)
    sayings = [Saying(dossier_id, _WORDS[verdict], reason) for dossier_id in evidence_of(connection, case_id)]
    return sum(one.owed for one in amend(connection, sayings, actor=actor, shards=shards, now_ms=now_ms))


def _fresh(connection: Connection, suspicion: Suspicion) -> list[bytes]:
    wanted = sorted(set(suspicion.evidence))
    known: set[bytes] = set()
    for start in range(0, len(wanted), _AT_ONCE):
        portion = wanted[start : start + _AT_ONCE]
        query = select(abuse_evidence.c.dossier_id).where(
            abuse_evidence.c.score == suspicion.score, abuse_evidence.c.dossier_id.in_(portion)
        )
        known.update(connection.execute(query).scalars())
    return [dossier_id for dossier_id in wanted if dossier_id not in known]


def _file(connection: Connection, suspicion: Suspicion, fresh: Sequence[bytes], percent: int, now_ms: int) -> bytes:
    name = f"{suspicion.score}|{suspicion.office_id}|{suspicion.subject}"
    case_id = hashlib.sha256(_DOMAIN + name.encode() + b"".join(fresh)).digest()[:_ID_BYTES]
    connection.execute(
        insert(abuse_cases).values(
            case_id=case_id,
            score=suspicion.score,
            office_id=suspicion.office_id,
            subject=suspicion.subject,
            percent=percent,
            figures=suspicion.figures,
            found_ms=now_ms,
            verdict=Verdict.OPEN.value,
        )
    )
    rows = [{"dossier_id": one, "score": suspicion.score, "case_id": case_id} for one in fresh]
    insert_rows(connection, abuse_evidence, rows)
    return case_id
