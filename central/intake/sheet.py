"""What a plan writes down: rows for every table, gathered before anything is written. Pure.

Each effect of a fact (:mod:`central.intake.openings`, :mod:`central.intake.returning`) writes here and nowhere else, so
that one audit entry, one count and one row for the vault go with each change of state, whoever makes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from central.audit.service import AuditEntry
from central.audit.tags import AuditTag
from central.automatic.models import RegisterState
from central.counters.models import Measure
from central.counters.tally import Place, Tally
from central.dates import paris_day
from central.devices.registry import NO_TERMINAL
from central.enrolments.evidence import AttestedFacts, evidence_of
from central.enrolments.opening_time import OpeningTime
from central.enrolments.standing import AccessName, Effect, Standing
from central.handover.outbox import WAITING
from central.intake.continuity import Incident
from central.ledger.rules import Rule, Rules
from central.ledger.service import Booking
from wire.canonical import encode
from wire.handover import HandOverAction
from wire.identifiers import RecordId, TerminalId
from wire.proofs import ContactKind
from wire.sealing import SealPurpose, seal
from wire.vault_parts import VaultChange

Row = dict[str, Any]

_ACCESS_TAGS = {
    (AccessName.BREAK_GLASS, True): AuditTag.DOSSIER_BREAK_GLASS_REFUSED,
    (AccessName.BREAK_GLASS, False): AuditTag.DOSSIER_BREAK_GLASS_GRANTED,
    (AccessName.CENTRE_15, True): AuditTag.DOSSIER_CENTRE_15_REFUSED,
    (AccessName.CENTRE_15, False): AuditTag.DOSSIER_CENTRE_15_GRANTED,
}


class Fact(msgspec.Struct, frozen=True):
    """One fact about a person, understood.

    ``person`` is the fingerprint, ``vault`` the part sealed to the vault, ``at_ms`` the clamped time and ``day`` its
    date in Paris.
    """

    record_id: bytes
    kind: str
    facts: AttestedFacts
    person: bytes
    time: OpeningTime
    at_ms: int
    day: str
    vault: bytes | None = None

    def __repr__(self) -> str:
        return "Fact(…)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Where and under which rules facts take effect.

    ``actor`` is named in the audit; ``attestors`` are (operator, role) of the office; ``proved`` are the proofs of
    contacts that central's own table confirms, each for its address alone; ``opposed`` the persons who oppose automatic
    creation; ``booking_from_ms`` the first moment of the open month; ``vault`` the host's public key, for the few
    changes that central decides itself.
    """

    place: Place
    actor: str
    received_ms: int
    rules: Rules
    attestors: frozenset[tuple[str, str]] = frozenset()
    proved: frozenset[tuple[ContactKind, bytes, str]] = frozenset()
    opposed: frozenset[bytes] = frozenset()
    booking_from_ms: int = 0
    opts_out: bool = False
    vault: X25519PublicKey | None = None

    @property
    def booked_ms(self) -> int:
        """When money is booked: on arrival, or at the first moment of the open month when that one is closed."""
        return max(self.received_ms, self.booking_from_ms)


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
    changes: list[Row] = field(default_factory=list)
    access_decisions: list[Row] = field(default_factory=list)
    slips: list[Row] = field(default_factory=list)
    outbox: list[Row] = field(default_factory=list)
    pending_ins: list[Row] = field(default_factory=list)
    waiting_facts: list[Row] = field(default_factory=list)
    oppositions: list[Row] = field(default_factory=list)
    register: dict[bytes, RegisterState] = field(default_factory=dict)  # person → where they stand from now on
    bookings: list[Booking] = field(default_factory=list)
    audit: list[AuditEntry] = field(default_factory=list)
    incidents: list[Incident] = field(default_factory=list)
    changed: dict[bytes, tuple[Standing, Standing]] = field(default_factory=dict)  # person → before, after
    reopened: list[bytes] = field(default_factory=list)  # persons whose waiting facts may take effect now


class Sheet:
    """The rows of one plan, and what stands about each person while it is made."""

    def __init__(self, scene: Scene, standings: Mapping[bytes, Standing]) -> None:
        self.scene = scene
        self.rows = Rows(Tally(scene.place))
        self.arrived_on = paris_day(scene.received_ms)
        self._standings = dict(standings)
        self._rates: dict[str, Rule | None] = {}

    def standing(self, person: bytes) -> Standing | None:
        """The dossier of a person as the facts planned so far have left it."""
        return self._standings.get(person)

    def open_for(self, person: bytes, standing: Standing) -> None:
        """A person has a dossier from now on; its rows are the caller's."""
        self._standings[person] = standing
        self.rows.reopened.append(person)

    def change(self, person: bytes, standing: Standing) -> None:
        """What stands about a dossier becomes this."""
        held = self._standings[person]
        if standing != held:
            before, _ = self.rows.changed.get(person, (held, held))
            self.rows.changed[person] = before, standing
            self._standings[person] = standing

    def decide_access(self, fact: Fact, name: AccessName, *, refused: bool) -> None:
        """One more word on an emergency access: kept, and told when the flag becomes another."""
        standing = self._standings[fact.person]
        access = standing.access(name).after(refused=refused, at_ms=fact.at_ms)
        changed = access.refused is not standing.access(name).refused
        self.note_decision(fact, standing.dossier_id, name, refused=refused, changed=changed)
        if changed:
            self.audit(_ACCESS_TAGS[name, access.refused], standing.dossier_id, fact.record_id.hex())
        self.change(fact.person, standing.with_access(name, access))

    def is_opposed(self, person: bytes) -> bool:
        """Whether a person opposes automatic creation, as the facts planned so far have left it."""
        state = self.rows.register.get(person)
        return person in self.scene.opposed if state is None else state is RegisterState.OPPOSED

    def register(self, person: bytes, state: RegisterState) -> None:
        """Where a person stands in the register of automatic creation becomes this."""
        self.rows.register[person] = state

    def rate(self, day: str) -> Rule | None:
        """The rule that pays an opening of that day here; remembered, for a batch has few days."""
        if day not in self._rates:
            self._rates[day] = self.scene.rules.for_opening(self.scene.place.channel, day)
        return self._rates[day]

    def note_decision(self, fact: Fact, dossier_id: bytes, name: AccessName, *, refused: bool, changed: bool) -> None:
        """Keep a word on an emergency access."""
        self.rows.access_decisions.append(
            {
                "dossier_id": dossier_id,
                "record_id": fact.record_id,
                "access": name.value,
                "refused": refused,
                "decided_ms": fact.at_ms,
                "changed": changed,
            }
        )

    def note_change(self, fact: Fact, dossier_id: bytes, effect: Effect) -> None:
        """Keep that a fact was about this dossier, what it did, and its evidence."""
        self.rows.changes.append(
            {
                "dossier_id": dossier_id,
                "record_id": fact.record_id,
                "kind": fact.kind,
                "decided_ms": fact.at_ms,
                "effect": effect.value,
            }
        )
        self.keep_evidence(dossier_id, fact.record_id, evidence_of(fact.facts))

    def keep_evidence(self, dossier_id: bytes, record_id: bytes, evidence: bytes) -> None:
        """Keep what proves a fact."""
        self.rows.consents.append({"dossier_id": dossier_id, "record_id": record_id, "evidence": evidence})

    def hand_over(self, fact: Fact, dossier_id: bytes, action: HandOverAction) -> None:
        """Queue a fact's part for the vault."""
        self.queue(fact.record_id, fact.kind, dossier_id, action, fact.vault or b"")

    def hand_over_own(self, fact: Fact, dossier_id: bytes, change: VaultChange) -> None:
        """Queue a change that central decides and no terminal sealed; nothing when there is no key to seal it to."""
        self.hand_over_decided(fact.record_id, fact.kind, dossier_id, change)

    def hand_over_decided(self, record_id: bytes, kind: str, dossier_id: bytes, change: VaultChange) -> None:
        """The same for what no record tells of; ``record_id`` names it at the vault."""
        if self.scene.vault is not None:
            context = RecordId(record_id), TerminalId(self.scene.place.terminal)
            sealed = seal(encode(change), self.scene.vault, SealPurpose.VAULT_PART, *context)
            self.queue(record_id, kind, dossier_id, HandOverAction.CHANGE, sealed)

    def queue(self, record_id: bytes, kind: str, dossier_id: bytes, action: HandOverAction, vault: bytes) -> None:
        """A row of the outbox."""
        self.rows.outbox.append(
            {
                "queued_ms": self.scene.received_ms,
                "dossier_id": dossier_id,
                "record_id": record_id,
                "action": action.value,
                "kind": kind,
                "terminal_id": self.scene.place.terminal or NO_TERMINAL,
                "vault": vault,
                "state": WAITING,
                "attempts": 0,
                "next_ms": self.scene.received_ms,
            }
        )

    def audit(self, tag: AuditTag, subject: bytes, detail: str | None = None) -> None:
        """An entry of the audit."""
        self.rows.audit.append(AuditEntry(tag, subject, self.scene.actor, detail))

    def count(self, measure: Measure, day: str, value: int = 1) -> None:
        """A count of a day."""
        self.rows.tally.count(measure, day, value)
