"""A terminal without hardware: makes the records and batches a real one would send, and awkward ones on demand."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from wire.batch import write_batch
from wire.canonical import encode
from wire.evidence import (
    Answer,
    CardEvidence,
    Contact,
    IdentityCheck,
    Measure,
    NamedPerson,
    Question,
    Representation,
    TextShown,
    Traits,
)
from wire.facts import (
    ClosureFacts,
    CodeReissueFacts,
    ConsentChangeFacts,
    ContactChangeFacts,
    EnrolmentFacts,
    OppositionFacts,
    PendingInsFacts,
    ReactivationFacts,
    SlipFacts,
)
from wire.identifiers import RecordId, TerminalId, milliseconds
from wire.nir import InsAuthority, Nir, key_of
from wire.records import Routing, first_link, read_record, read_routing, record_hash, sha256, write_record
from wire.sealing import SealPurpose, seal

LAUNCH = datetime(2018, 11, 6, 9, 30, tzinfo=UTC)
ACCEPTED = {Question.CREATION: True, Question.BREAK_GLASS: True, Question.CENTRE_15: True}
FACTS_OF = {
    "enrolment": EnrolmentFacts,
    "pending_ins": PendingInsFacts,
    "reactivation": ReactivationFacts,
    "code_reissue": CodeReissueFacts,
    "consent_change": ConsentChangeFacts,
    "contact_change": ContactChangeFacts,
    "closure_request": ClosureFacts,
    "opposition": OppositionFacts,
}
_ASKED: dict[str, dict[Question, bool]] = {
    "enrolment": ACCEPTED,
    "pending_ins": ACCEPTED,
    "reactivation": {Question.REACTIVATION: True, Question.BREAK_GLASS: True, Question.CENTRE_15: True},
    "consent_change": {Question.BREAK_GLASS: True, Question.CENTRE_15: True},
    "closure_request": {Question.CLOSURE: True, Question.DELETION: False},
    "opposition": {Question.OPPOSITION: True},
}
_COMPANY = {Question.DECLARATION: True, Question.HEARD: True}


def fictitious_nir(number: int) -> Nir:
    """The NIR of the fictitious person of that number; month 20 of no real calendar."""
    body = f"1{number // 10**9 % 100:02d}20{99}{number // 1000 % 1000:03d}{number % 1000:03d}"
    return Nir.parse(f"{body}{key_of(body):02d}")


def text_shown(name: str) -> TextShown:
    shown = hashlib.sha256(name.encode()).digest()
    return TextShown(text_id=name, version="1", language="fr", sha256=shown, shown_ms=milliseconds(LAUNCH))


def representation(**changes: Any) -> Representation:
    """A mother of an unknown card; ``measure``, ``quality``, ``representative`` and the rest may differ."""
    fields: dict[str, Any] = {
        "measure": Measure.PARENTAL,
        "quality": "MTH",
        "representative": NamedPerson(family_name="SPÉCIMEN", given_name="ROSE", birth_date="19700101"),
    }
    return Representation(**{**fields, **changes})


def enrolment_facts(person: Nir, **changes: Any) -> EnrolmentFacts:
    """Complete facts of an enrolment; ``accepted``, ``operator``, ``role`` and ``birth_date`` change what differs."""
    facts: EnrolmentFacts = returning_facts("enrolment", person, **changes)
    return facts


def pending_facts(birth_date: str = "20140315", **changes: Any) -> PendingInsFacts:
    """Complete facts of a child without a number of their own, with their mother."""
    child = NamedPerson(family_name="SPÉCIMEN", given_name="TOM", birth_date=birth_date, position=1)
    fields = _fields("pending_ins", {"representation": representation(), **changes})
    return PendingInsFacts(person=child, ins_oid=InsAuthority.NIR_TEST.value, **fields)


def returning_facts(kind: str, person: Nir, **changes: Any) -> Any:
    """Complete facts of any kind about a person whose number is known; changes as for an enrolment."""
    birth_date = changes.pop("birth_date", "19900315")
    fields = _fields(kind, changes)
    fields["traits"] = Traits(
        nir=person.compact,
        ins_oid=InsAuthority.NIR_TEST.value,
        family_name="SPÉCIMEN",
        given_name="LÉA",
        birth_date=birth_date,
        position=0,
    )
    return FACTS_OF[kind](**{**fields, **changes})


def _fields(kind: str, changes: dict[str, Any]) -> dict[str, Any]:
    """What a kind of facts holds, by default; takes ``accepted``, ``operator`` and ``role`` out of ``changes``."""
    company = _COMPANY if changes.get("representation") is not None else {}
    accepted = {**_ASKED.get(kind, {}), **company, **changes.pop("accepted", {})}
    every: dict[str, Any] = {
        "card": CardEvidence(family="vitale_2", atr=bytes(17), identity_file=bytes(400)),
        "contact": Contact(email="lea.specimen@exemple.fr"),
        "notice": text_shown("notice"),
        "answers": tuple(
            Answer(question=question, accepted=yes, shown=text_shown(question.value), answered_ms=milliseconds(LAUNCH))
            for question, yes in accepted.items()
        ),
        "identity_check": IdentityCheck(
            operator=changes.pop("operator", "PHARMA-01"),
            role=changes.pop("role", "pharmacist"),
            method="pin",
            statement=text_shown("identity"),
            checked_ms=milliseconds(LAUNCH),
        ),
        "activation_slip": True,
        "copy_number": 2,
    }
    known = {*FACTS_OF[kind].__struct_fields__}
    return {name: value for name, value in {**every, **changes}.items() if name in known}


class FakeTerminal:
    """Keeps a chain as a real terminal does; every record it made stays in ``made``, oldest first."""

    def __init__(
        self,
        name: str,
        intake: X25519PublicKey,
        *,
        office: str = "PHARMACIE-1",
        channel: str = "pharmacy",
        sub_channel: str = "counter",
        vault: X25519PublicKey | None = None,
    ) -> None:
        self.name = TerminalId(name)
        self.key = Ed25519PrivateKey.generate()
        self.place = {"terminal": name, "office": office, "channel": channel, "sub_channel": sub_channel}
        self.made: list[bytes] = []
        self._intake = intake
        self._vault = vault or X25519PrivateKey.generate().public_key()
        self._head = first_link(self.name)
        self._sequence = 0

    def enrol(self, person: int | Nir, *, at: datetime = LAUNCH, **changes: Any) -> bytes:
        """An enrolment; ``record_id``, ``routing`` (a dict), ``vault_part`` are not of the facts, all else is."""
        nir = fictitious_nir(person) if isinstance(person, int) else person
        record_id = changes.pop("record_id", None) or RecordId.new(at)
        routing, vault_part = changes.pop("routing", {}), changes.pop("vault_part", bytes(520))
        facts = enrolment_facts(nir, **changes)
        sealed = seal(encode(facts), self._intake, SealPurpose.ADMINISTRATIVE, record_id, self.name)
        part = seal(vault_part, self._vault, SealPurpose.VAULT_PART, record_id, self.name)
        return self.record("enrolment", record_id, sealed, part, at=at, **routing)

    def come_back(self, kind: str, person: int | Nir, *, at: datetime = LAUNCH, **changes: Any) -> bytes:
        """A record of a person whose dossier exists, or not; ``vault_part`` and ``routing`` as for an enrolment."""
        nir = fictitious_nir(person) if isinstance(person, int) else person
        return self.tell(kind, returning_facts(kind, nir, **_of_facts(changes)), at=at, **changes)

    def wait_for_number(self, *, at: datetime = LAUNCH, **changes: Any) -> bytes:
        """A child without a number of their own."""
        return self.tell("pending_ins", pending_facts(**_of_facts(changes)), at=at, **changes)

    def tell(
        self,
        kind: str,
        facts: Any,
        *,
        at: datetime = LAUNCH,
        vault_part: bytes | None = None,
        routing: dict[str, Any] | None = None,
    ) -> bytes:
        """Any facts as a record; an opposition and a child without a number bring nothing for the vault."""
        record_id = RecordId.new(at)
        sealed = seal(encode(facts), self._intake, SealPurpose.ADMINISTRATIVE, record_id, self.name)
        content = vault_part or (None if kind in {"opposition", "pending_ins"} else bytes(80))
        part = None if content is None else seal(content, self._vault, SealPurpose.VAULT_PART, record_id, self.name)
        return self.record(kind, record_id, sealed, part, at=at, **(routing or {}))

    def refuse(self, *, at: datetime = LAUNCH, **routing: Any) -> bytes:
        hour = at.replace(minute=0, second=0, microsecond=0)
        return self.record("refusal", RecordId.new(hour), None, None, at=hour, **routing)

    def settle_slip(
        self, enrolment: bytes, *, slip: str = "B", result: str = "printed", at: datetime = LAUNCH
    ) -> bytes:
        record_id = RecordId.new(at)
        facts = SlipFacts(
            enrolment_id=id_of(enrolment), slip=slip, copy_number=1, result=result, settled_ms=milliseconds(at)
        )
        sealed = seal(encode(facts), self._intake, SealPurpose.ADMINISTRATIVE, record_id, self.name)
        return self.record("slip_outcome", record_id, sealed, None, at=at)

    def record(
        self,
        kind: str,
        record_id: RecordId,
        sealed: bytes | None,
        part: bytes | None,
        /,
        *,
        at: datetime,
        **routing: Any,
    ) -> bytes:
        """Any record at all, put into the chain."""
        self._sequence += 1
        fields: dict[str, Any] = {
            "record_id": record_id.value,
            "kind": kind,
            **self.place,
            "sequence": self._sequence,
            "captured_ms": milliseconds(at),
            "previous_hash": self._head,
            "administrative_hash": None if sealed is None else sha256(sealed),
            "vault_hash": None if part is None else sha256(part),
        }
        raw = write_record(Routing(**{**fields, **routing}), sealed, part)
        self._head = record_hash(read_record(raw).routing)
        self.made.append(raw)
        return raw

    def batch(self, records: Sequence[bytes] | None = None, *, key: Ed25519PrivateKey | None = None) -> bytes:
        """A signed batch of ``records``, of all that were made when not given."""
        return write_batch(
            self.name, self.made if records is None else records, key or self.key, sent_ms=milliseconds(LAUNCH)
        )

    def image(self) -> tuple[bytes, int, int]:
        """The disk as it is now, to be restored later: how a chain comes to fork."""
        return self._head, self._sequence, len(self.made)

    def restore(self, image: tuple[bytes, int, int]) -> None:
        """Go back to an older disk; what was made since is gone from the terminal."""
        self._head, self._sequence, kept = image
        del self.made[kept:]


def _of_facts(changes: dict[str, Any]) -> dict[str, Any]:
    """Take what belongs into the facts out of ``changes``, which keeps the rest."""
    return {name: changes.pop(name) for name in list(changes) if name not in {"vault_part", "routing"}}


def id_of(raw: bytes) -> bytes:
    """The record id of a record's bytes."""
    return read_routing(read_record(raw).routing).record_id


def hash_of(raw: bytes) -> bytes:
    """The hash by which a terminal knows a record."""
    return record_hash(read_record(raw).routing)
