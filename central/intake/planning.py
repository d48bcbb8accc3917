"""From opened records to rows: everything a batch changes, decided before anything is written. Pure.

The same records against the same situation make the same plan, ids included; so a transaction that lost a race can be
planned again, and tests need no database. (The one part that central seals itself differs in its bytes.)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from central.audit.tags import AuditTag
from central.counters.models import Measure
from central.counters.tally import Place
from central.dates import paris_day
from central.devices.registry import Device, DeviceState
from central.enrolments.opening_time import OpeningTime, opening_time
from central.enrolments.standing import DossierState, Standing
from central.intake.continuity import Incident, IncidentKind
from central.intake.opening import Opened
from central.intake.openings import enrol
from central.intake.returning import come_back, oppose
from central.intake.sheet import Fact, Row, Rows, Scene, Sheet
from wire.batch import QUARANTINED, BatchItem, Outcome, RecordOutcome
from wire.facts import EnrolmentFacts, OppositionFacts, PendingInsFacts, SlipFacts
from wire.records import RecordKind, Routing

ID_CONFLICT = "id_conflict"
PENDING_INS = "pending_ins"
REVOKED = "terminal_revoked"

_KINDS = frozenset(kind.value for kind in RecordKind)


@dataclass(frozen=True, slots=True)
class Situation:
    """What central knows when it plans, read inside the transaction.

    ``known``: record id → hash of records central has; ``standings``: fingerprint → the dossier that person has.
    """

    device: Device
    known: Mapping[bytes, bytes]
    standings: Mapping[bytes, Standing]
    scene: Scene


def place_of(device: Device) -> Place:
    """Where a terminal stands, as it is counted by."""
    return Place(
        channel=device.channel,
        sub_channel=device.sub_channel,
        region=device.region,
        departement=device.departement,
        office=device.office_id,
        terminal=device.terminal_id,
    )


class BatchPlan:
    """Plans the records of one batch, in order; ``rows`` holds what came of them."""

    def __init__(self, situation: Situation) -> None:
        self._device = situation.device
        self._known = dict(situation.known)
        self._received_ms = situation.scene.received_ms
        self._sheet = Sheet(situation.scene, situation.standings)

    @property
    def rows(self) -> Rows:
        """What will be written."""
        return self._sheet.rows

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
        time = opening_time(item.routing, registered_ms=self._device.registered_ms, received_ms=self._received_ms)
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
            return REVOKED
        if opened.quarantine is not None:
            return opened.quarantine
        if not _stands_where_it_says(opened.item.routing, self._device):
            return "place_mismatch"
        standing = None if opened.person is None else self._sheet.standing(opened.person)
        is_closed = standing is not None and standing.state is DossierState.CLOSED
        # Whether an enrolment is to reactivate, nobody asked the person (C10): somebody must.
        return "dossier_closed" if is_closed and isinstance(opened.facts, EnrolmentFacts) else None

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
                "received_ms": self._received_ms,
                "counted_on": day,
                "raw": item.raw,
            }
        )

    def _set_aside(self, item: BatchItem, reason: str) -> str:
        set_aside(self._sheet, item.routing.record_id, reason)
        return QUARANTINED

    def _take_effect(self, opened: Opened, time: OpeningTime, day: str) -> str | None:
        match opened.facts:
            case SlipFacts() as facts:
                self.rows.slips.append(_slip(opened.item, facts))
                return None
            case PendingInsFacts():
                return self._pend(opened.item, day)
            case None:
                self._sheet.count(Measure.REFUSALS, day)
                return None
            case _:
                return take_effect(self._sheet, fact_of(opened, time))

    def _pend(self, item: BatchItem, day: str) -> str:
        self.rows.pending_ins.append(
            {
                "record_id": item.routing.record_id,
                "terminal_id": self._device.terminal_id,
                "received_ms": self._received_ms,
            }
        )
        self._sheet.count(Measure.PENDING_INS, day)
        return PENDING_INS


def set_aside(sheet: Sheet, record_id: bytes, reason: str) -> None:
    """A record is kept for a person to look at, and takes no effect."""
    scene = sheet.scene
    sheet.rows.quarantine.append(
        {
            "record_id": record_id,
            "reason": reason,
            "terminal_id": scene.place.terminal,
            "received_ms": scene.received_ms,
        }
    )
    sheet.audit(AuditTag.RECORD_QUARANTINED, record_id, reason)
    sheet.count(Measure.QUARANTINED, sheet.arrived_on)


def fact_of(opened: Opened, time: OpeningTime, person: bytes | None = None) -> Fact:
    """The fact about a person that an opened record tells; ``person`` when its number was found apart from it."""
    found = person or opened.person
    assert found is not None
    assert opened.facts is not None
    assert not isinstance(opened.facts, SlipFacts)
    routing, at_ms = opened.item.routing, time.counted_ms
    vault = opened.item.record.vault
    return Fact(routing.record_id, routing.kind, opened.facts, found, time, at_ms, paris_day(at_ms), vault)


def take_effect(sheet: Sheet, fact: Fact) -> str | None:
    """The effect of a fact about a person, by its kind; the code its terminal is told."""
    match fact.facts:
        case EnrolmentFacts() as facts:
            return enrol(sheet, fact, facts)
        case OppositionFacts() as facts:
            return oppose(sheet, fact, facts)
        case PendingInsFacts():
            return PENDING_INS
        case facts:
            return come_back(sheet, fact, facts)


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
