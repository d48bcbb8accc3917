"""From opened records to rows: everything a batch changes, decided before anything is written. Pure.

The same records against the same situation make the same plan, ids included; so a transaction that lost a race can be
planned again, and tests need no database.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from msgspec.structs import replace

from central.accounts.service import AccountState
from central.audit.service import AuditEntry
from central.audit.tags import AuditTag
from central.counters.models import Measure
from central.counters.tally import Place, Tally
from central.dates import paris_day
from central.devices.registry import Device, DeviceState
from central.enrolments.evidence import evidence_of, is_refused
from central.enrolments.opening_time import OpeningTime, opening_time
from central.enrolments.persons import DossierState, Standing, dossier_of
from central.intake.continuity import Incident, IncidentKind
from central.intake.opening import Opened
from central.ledger.rules import Rule, Rules
from central.ledger.service import Booking, LedgerState
from wire.batch import QUARANTINED, BatchItem, Outcome, RecordOutcome
from wire.evidence import Question
from wire.facts import EnrolmentFacts, SlipFacts
from wire.handover import HandOverAction
from wire.records import RecordKind, Routing

SECOND_ENROLMENT = "second_enrolment"
ID_CONFLICT = "id_conflict"

_MEASURES = {LedgerState.ACCRUED: Measure.CENTS_ACCRUED, LedgerState.HELD: Measure.CENTS_HELD}
_TAGS = {LedgerState.ACCRUED: AuditTag.LEDGER_ACCRUED, LedgerState.HELD: AuditTag.LEDGER_HELD}
_KINDS = frozenset(kind.value for kind in RecordKind)
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Situation:
    """What central knows when it plans, read inside the transaction.

    ``known``: record id → hash of records central has; ``standings``: fingerprint → the dossier that person has;
    ``attestors``: (operator, role) of the terminal's office.
    """

    device: Device
    received_ms: int
    known: Mapping[bytes, bytes]
    standings: Mapping[bytes, Standing]
    attestors: frozenset[tuple[str, str]]
    rules: Rules


@dataclass(slots=True)
class Rows:
    """What will be written, table by table."""

    tally: Tally
    records: list[Row] = field(default_factory=list)
    quarantine: list[Row] = field(default_factory=list)
    persons: list[Row] = field(default_factory=list)
    dossiers: list[Row] = field(default_factory=list)
    consents: list[Row] = field(default_factory=list)
    accounts: list[Row] = field(default_factory=list)
    slips: list[Row] = field(default_factory=list)
    outbox: list[Row] = field(default_factory=list)
    bookings: list[Booking] = field(default_factory=list)
    audit: list[AuditEntry] = field(default_factory=list)
    incidents: list[Incident] = field(default_factory=list)
    refusals: dict[bytes, Standing] = field(default_factory=dict)  # dossier → what a second enrolment added


class BatchPlan:
    """Plans the records of one batch, in order; ``rows`` holds what came of them."""

    def __init__(self, situation: Situation) -> None:
        self._now = situation
        self._device = situation.device
        self._known = dict(situation.known)
        self._standings = dict(situation.standings)
        self._rates: dict[str, Rule | None] = {}  # by day: a batch has one channel and few days
        self._actor = f"terminal:{situation.device.terminal_id}"
        place = Place(
            channel=situation.device.channel,
            sub_channel=situation.device.sub_channel,
            region=situation.device.region,
            departement=situation.device.departement,
            office=situation.device.office_id,
            terminal=situation.device.terminal_id,
        )
        self._arrived_on = paris_day(situation.received_ms)
        self.rows = Rows(Tally(place))

    def take(self, opened: Opened) -> RecordOutcome:
        """Plan one authentic record and say what becomes of it.

        Steps:

        1. a record central has: ``durable_already`` when the hash is the same too, else rejected as a conflict;
        2. what cannot be stored is rejected;
        3. everything else is kept as it came; set aside for a person when it was not understood, when its terminal
           was revoked or does not stand where the record says;
        4. else the fact takes effect, by its kind.
        """
        item = opened.item
        held = self._known.get(item.routing.record_id)
        if held is not None:  # 1
            return self._already(item, held)
        if opened.rejected is not None:  # 2
            return RecordOutcome(record_hash=item.hash, outcome=Outcome.REJECTED, code=opened.rejected)
        reason = self._reason_to_set_aside(opened)
        time = opening_time(item.routing, registered_ms=self._device.registered_ms, received_ms=self._now.received_ms)
        day = paris_day(time.counted_ms)
        self._keep(item, day)
        if reason is not None:  # 3
            code: str | None = self._set_aside(item, reason)
        else:
            code = self._take_effect(opened, time, day)  # 4
        return RecordOutcome(record_hash=item.hash, outcome=Outcome.DURABLE_NEW, code=code)

    def _already(self, item: BatchItem, held: bytes) -> RecordOutcome:
        if held == item.hash:
            return RecordOutcome(record_hash=item.hash, outcome=Outcome.DURABLE_ALREADY)
        self.rows.incidents.append(Incident(IncidentKind.ID_CONFLICT, item.routing.sequence, item.hash))
        return RecordOutcome(record_hash=item.hash, outcome=Outcome.REJECTED, code=ID_CONFLICT)

    def _reason_to_set_aside(self, opened: Opened) -> str | None:
        if self._device.state is DeviceState.REVOKED:
            return "terminal_revoked"
        if opened.quarantine is not None:
            return opened.quarantine
        if not _stands_where_it_says(opened.item.routing, self._device):
            return "place_mismatch"
        standing = None if opened.person is None else self._standings.get(opened.person)
        return "dossier_closed" if standing is not None and standing.state is DossierState.CLOSED else None

    def _keep(self, item: BatchItem, day: str) -> None:
        routing = item.routing
        self._known[routing.record_id] = item.hash
        self.rows.records.append(
            {
                "record_id": routing.record_id,
                "record_hash": item.hash,
                "kind": routing.kind if routing.kind in _KINDS else "unknown",
                "terminal_id": self._device.terminal_id,
                "sequence": routing.sequence,
                "received_ms": self._now.received_ms,
                "counted_on": day,
                "raw": item.raw,
            }
        )

    def _set_aside(self, item: BatchItem, reason: str) -> str:
        record_id = item.routing.record_id
        self.rows.quarantine.append(
            {
                "record_id": record_id,
                "reason": reason,
                "terminal_id": self._device.terminal_id,
                "received_ms": self._now.received_ms,
            }
        )
        self._audit(AuditTag.RECORD_QUARANTINED, record_id, reason)
        self.rows.tally.count(Measure.QUARANTINED, self._arrived_on)
        return QUARANTINED

    def _take_effect(self, opened: Opened, time: OpeningTime, day: str) -> str | None:
        match opened.facts:
            case SlipFacts() as facts:
                self.rows.slips.append(_slip(opened.item, facts))
            case EnrolmentFacts() as facts:
                assert opened.person is not None
                return self._enrol(opened.item, facts, opened.person, time, day)
            case None:
                self.rows.tally.count(Measure.REFUSALS, day)
        return None

    def _enrol(self, item: BatchItem, facts: EnrolmentFacts, person: bytes, time: OpeningTime, day: str) -> str | None:
        refused = is_refused(facts, Question.BREAK_GLASS), is_refused(facts, Question.CENTRE_15)
        standing = self._standings.get(person)
        if standing is not None:
            self._second(item, facts, person, standing, refused)
            self.rows.tally.count(Measure.SECOND_ENROLMENTS, day)
            return SECOND_ENROLMENT
        opened = Standing(dossier_of(item.routing.record_id), DossierState.CREATED, *refused)
        self._standings[person] = opened
        self.rows.persons.append({"fingerprint": person, "dossier_id": opened.dossier_id})
        self._open(item, opened, time, day)
        self._evidence(item, facts, opened.dossier_id, HandOverAction.OPEN)
        self._account(opened.dossier_id, facts)
        self._book(item, opened.dossier_id, facts, day)
        self.rows.tally.count(Measure.DOSSIERS_OPENED, day)
        return None

    def _open(self, item: BatchItem, opened: Standing, time: OpeningTime, day: str) -> None:
        self.rows.dossiers.append(
            {
                "dossier_id": opened.dossier_id,
                "record_id": item.routing.record_id,
                "state": opened.state.value,
                "break_glass_refused": opened.break_glass_refused,
                "centre_15_refused": opened.centre_15_refused,
                "terminal_id": self._device.terminal_id,
                "office_id": self._device.office_id,
                "channel": self._device.channel,
                "sub_channel": self._device.sub_channel,
                "captured_ms": time.captured_ms,
                "earliest_ms": time.earliest_ms,
                "received_ms": time.received_ms,
                "opened_on": day,
            }
        )
        self._audit(AuditTag.DOSSIER_OPENED, opened.dossier_id)

    def _second(
        self, item: BatchItem, facts: EnrolmentFacts, person: bytes, standing: Standing, refused: tuple[bool, bool]
    ) -> None:
        """The same person again: nothing is opened or paid; a refusal wins, whichever of the two came first."""
        dossier_id = standing.dossier_id
        self._audit(AuditTag.DOSSIER_SECOND_ENROLMENT, dossier_id, item.routing.record_id.hex())
        grown = replace(
            standing,
            break_glass_refused=standing.break_glass_refused or refused[0],
            centre_15_refused=standing.centre_15_refused or refused[1],
        )
        if grown != standing:
            self._standings[person] = self.rows.refusals[dossier_id] = grown
        if grown.break_glass_refused > standing.break_glass_refused:
            self._audit(AuditTag.DOSSIER_BREAK_GLASS_REFUSED, dossier_id)
        if grown.centre_15_refused > standing.centre_15_refused:
            self._audit(AuditTag.DOSSIER_CENTRE_15_REFUSED, dossier_id)
        self._evidence(item, facts, dossier_id, HandOverAction.CODE_REQUEST)

    def _evidence(self, item: BatchItem, facts: EnrolmentFacts, dossier_id: bytes, action: HandOverAction) -> None:
        record_id = item.routing.record_id
        self.rows.consents.append({"dossier_id": dossier_id, "record_id": record_id, "evidence": evidence_of(facts)})
        self.rows.outbox.append(
            {
                "queued_ms": self._now.received_ms,
                "dossier_id": dossier_id,
                "record_id": record_id,
                "action": action.value,
                "terminal_id": self._device.terminal_id,
                "vault": item.record.vault,
                "state": "waiting",
                "attempts": 0,
                "next_ms": self._now.received_ms,
            }
        )

    def _account(self, dossier_id: bytes, facts: EnrolmentFacts) -> None:
        # EX_1.X-1300: an e-mail or a mobile makes the web account; without one the person may still take slip B.
        wanted = facts.activation_slip or facts.contact.email or facts.contact.mobile
        state = AccountState.TO_ACTIVATE if wanted else AccountState.NONE
        self.rows.accounts.append({"dossier_id": dossier_id, "state": state.value, "changed_ms": self._now.received_ms})
        if state is AccountState.TO_ACTIVATE:
            self._audit(AuditTag.ACCOUNT_TO_ACTIVATE, dossier_id)

    def _book(self, item: BatchItem, dossier_id: bytes, facts: EnrolmentFacts, day: str) -> None:
        if day not in self._rates:
            self._rates[day] = self._now.rules.for_opening(self._device.channel, day)
        rule = self._rates[day]
        if rule is None:
            return
        check = facts.identity_check
        booking = Booking(
            dossier_id=dossier_id,
            record_id=item.routing.record_id,
            terminal_id=self._device.terminal_id,
            office_id=self._device.office_id,
            cents=rule.cents,
            opened_on=day,
            rule=rule.rule,
            rules_version=self._now.rules.version,
            hold=None if (check.operator, check.role) in self._now.attestors else "operator_unknown",
        )
        self.rows.bookings.append(booking)
        self._audit(_TAGS[booking.state], dossier_id, booking.hold or str(booking.cents))
        self.rows.tally.count(_MEASURES[booking.state], self._arrived_on, booking.cents)

    def _audit(self, tag: AuditTag, subject: bytes, detail: str | None = None) -> None:
        self.rows.audit.append(AuditEntry(tag, subject, self._actor, detail))


def _stands_where_it_says(routing: Routing, device: Device) -> bool:
    said = routing.office, routing.channel, routing.sub_channel
    return said == (device.office_id, device.channel, device.sub_channel)


def _slip(item: BatchItem, facts: SlipFacts) -> Row:
    return {
        "enrolment_id": facts.enrolment_id,
        "record_id": item.routing.record_id,
        "slip": facts.slip,
        "copy_number": facts.copy_number,
        "result": facts.result,
        "settled_ms": facts.settled_ms,
    }
