"""Why a record paid, or did not; and for what each cent was: read from the facts, for auditors and bonus officers.

Nothing of the person is read. What a record says about its time, and the doubt in it, is central's own bound (invariant
12); who attested stands in the consent evidence; the rule is shown as it stood in the version that the entry names.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from central.devices.models import devices
from central.enrolments.evidence import ConsentEvidence
from central.enrolments.models import consents, dossiers, pending_ins
from central.enrolments.opening_time import OpeningTime, opening_time
from central.enrolments.persons import dossier_of
from central.intake.models import quarantine, records
from central.ledger.amounts import euros
from central.ledger.months import month_of
from central.ledger.rule_book import rule_of
from central.ledger.rules import Rule, Rules
from central.ledger.service import entries_of
from central.ledger.standing import LedgerState, fold_rows
from central.statements.book import steps_of
from central.statements.standing import fold_steps
from wire.batch import read_item
from wire.canonical import decode
from wire.identifiers import moment
from wire.records import RecordKind

_EVIDENCE_LIMIT = 64 * 1024
_OPENING_KINDS = frozenset({RecordKind.ENROLMENT.value, RecordKind.PENDING_INS.value})


@enum.unique
class Why(enum.Enum):
    """Why a record paid or did not; the sentence is for people."""

    PAYS = "the first opening of a person, on a channel that is paid"
    HELD = "the first opening of a person, kept back until somebody has looked"
    REVERSED = "the first opening of a person, taken back"
    KIND = "records of this kind open nothing"
    SET_ASIDE = "set aside for a person: it took no effect"
    SECOND = "this person had a dossier: a second enrolment pays nothing"
    WAITS = "waits for the number of a child: nothing is open yet"
    CHANNEL = "openings on this channel are not paid on that day"


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Everything that decides about one record; ``dossier_id`` is None where it has to do with none."""

    record_id: bytes
    kind: str
    terminal_id: str
    office_id: str
    channel: str
    operator: str | None
    role: str | None
    time: OpeningTime
    counted_on: str
    why: Why
    detail: str | None
    dossier_id: bytes | None
    rule: Rule | None
    rules_version: int | None
    entries: Sequence[Any]
    steps: Sequence[tuple[str, Any]]  # (month, step of its statement)

    @property
    def doubt_ms(self) -> int:
        """How far apart the bounds are between which it was made."""
        return self.time.received_ms - self.time.earliest_ms

    def lines(self) -> Iterator[str]:
        """The explanation for people, a line a fact."""
        time = self.time
        yield f"record    {self.record_id.hex()}  {self.kind}"
        yield f"made at   {self.terminal_id}, {self.office_id}, channel {self.channel}"
        if self.operator is not None:
            yield f"attested  by {self.operator} ({self.role})"
        yield f"time      {_moment(time.counted_ms)}, counted on {self.counted_on}"
        yield (
            f"doubt     the terminal said {_moment(time.captured_ms)}; it lies between {_moment(time.earliest_ms)} "
            f"and {_moment(time.received_ms)}"
        )
        yield f"because   {self.why.value}{f' ({self.detail})' if self.detail else ''} [{self.why.name.lower()}]"
        if self.dossier_id is not None:
            yield f"dossier   {self.dossier_id.hex()}"
        if self.rule is not None:
            yield f"rule      {self.rule.rule}, version {self.rules_version}: {self.rule.basis}"
        for entry in self.entries:
            reason = f" ({entry['reason']})" if entry["reason"] else ""
            yield (
                f"entry {entry['step']}   {_moment(entry['booked_ms'])}  {entry['entry']}{reason} → {entry['state']}  "
                f"{euros(entry['cents'])} EUR earned, {euros(entry['owed'])} EUR to pay"
            )
        for month, step in self.steps:
            payment = f" by {step['payment_id']}" if step["payment_id"] else ""
            yield f"statement {month}  {step['word']}{payment}  {_moment(step['at_ms'])}"


def explain(
    connection: Connection, record_id: bytes, rules: Rules, *, person_of: Callable[[Row[Any]], bytes | None]
) -> Explanation | None:
    """Explain one record; None when central has none of that id.

    ``person_of`` opens a record far enough to say whose dossier a second enrolment is about (it needs central's keys),
    and answers that dossier; without keys it answers None.
    """
    row = connection.execute(
        select(records, devices.c.office_id, devices.c.channel, devices.c.registered_ms)
        .join(devices, devices.c.terminal_id == records.c.terminal_id)
        .where(records.c.record_id == record_id)
    ).one_or_none()
    if row is None:
        return None
    opened = connection.execute(select(dossiers).where(dossiers.c.dossier_id == dossier_of(record_id))).one_or_none()
    routing = read_item(row.raw).routing
    time = opening_time(routing, registered_ms=row.registered_ms or 0, received_ms=row.received_ms)
    reason = connection.scalar(select(quarantine.c.reason).where(quarantine.c.record_id == record_id))
    entries = [] if opened is None else entries_of(connection, opened.dossier_id)
    dossier_id = opened.dossier_id if opened is not None else None
    if opened is None and reason is None and row.kind in _OPENING_KINDS:
        dossier_id = person_of(row)
    evidence = _evidence(connection, dossier_id, record_id)
    rule, version = _rule(connection, entries, rules)
    return Explanation(
        record_id=record_id,
        kind=row.kind,
        terminal_id=row.terminal_id,
        office_id=row.office_id,
        channel=row.channel,
        operator=None if evidence is None else evidence.identity_check.operator,
        role=None if evidence is None else evidence.identity_check.role,
        time=time,
        counted_on=row.counted_on,
        why=_why(connection, row, entries, reason, has_opened=opened is not None),
        detail=reason or _against(entries),
        dossier_id=dossier_id,
        rule=rule,
        rules_version=version,
        entries=entries,
        steps=list(_statements(connection, entries)),
    )


def _why(connection: Connection, row: Row[Any], entries: Sequence[Any], reason: str | None, *, has_opened: bool) -> Why:
    if reason is not None:
        return Why.SET_ASIDE
    if row.kind not in _OPENING_KINDS:
        return Why.KIND
    if entries:
        state = fold_rows(entries).state
        return {LedgerState.ACCRUED: Why.PAYS, LedgerState.HELD: Why.HELD, LedgerState.REVERSED: Why.REVERSED}[state]
    if has_opened:
        return Why.CHANNEL
    waits = select(pending_ins.c.record_id).where(
        pending_ins.c.record_id == row.record_id, pending_ins.c.given_ms.is_(None)
    )
    return Why.SECOND if connection.scalar(waits) is None else Why.WAITS


def _against(entries: Sequence[Any]) -> str | None:
    standing = fold_rows(entries)
    return ", ".join(sorted(standing.reversals or standing.holds)) or None


def _rule(connection: Connection, entries: Sequence[Any], rules: Rules) -> tuple[Rule | None, int | None]:
    """The rule that the latest entry names, as it stood then; from the present file when it was never noted."""
    if not entries:
        return None, None
    name, version = entries[-1]["rule"], entries[-1]["rules_version"]
    then = rule_of(connection, name, version)
    return then or next((rule for rule in rules.rules if rule.rule == name), None), version


def _evidence(connection: Connection, dossier_id: bytes | None, record_id: bytes) -> ConsentEvidence | None:
    if dossier_id is None:
        return None
    of_record = consents.c.dossier_id == dossier_id, consents.c.record_id == record_id
    kept = connection.scalar(select(consents.c.evidence).where(*of_record))
    return None if kept is None else decode(kept, ConsentEvidence, limit=_EVIDENCE_LIMIT)


def _statements(connection: Connection, entries: Sequence[Any]) -> Iterator[tuple[str, Any]]:
    for month in sorted({month_of(entry["booked_ms"]) for entry in entries}):
        for step in steps_of(connection, entries[0]["office_id"], month):
            yield month, step


def state_of(connection: Connection, dossier_id: bytes) -> str | None:
    """What an amount is now; None when the dossier never earned any.

    Held or reversed by its own entries; else accrued, and stated, paid or contested with the statement of the month in
    which it came to be owed.
    """
    entries = entries_of(connection, dossier_id)
    if not entries:
        return None
    state = fold_rows(entries).state
    if state is not LedgerState.ACCRUED:
        return str(state.value)
    owed = next(entry for entry in reversed(entries) if entry["owed"] > 0)
    steps = steps_of(connection, owed["office_id"], month_of(owed["booked_ms"]))
    return str(fold_steps(steps).state.value if steps else state.value)


def _moment(at_ms: int) -> str:
    return f"{moment(at_ms):%Y-%m-%d %H:%M:%S}Z"
