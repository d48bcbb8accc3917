"""Made-up records as intake has them once they are opened: no card was read, nothing was sealed or signed."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass

from bench.fill.points import Point
from central.intake.opening import Opened
from tests.fakes.terminal import enrolment_facts, fictitious_nir
from wire.batch import BatchItem
from wire.canonical import encode
from wire.evidence import Contact, Question
from wire.facts import EnrolmentFacts, SlipFacts
from wire.identifiers import TerminalId
from wire.records import Record, RecordKind, Routing, first_link, record_hash, sha256

_ADMINISTRATIVE, _VAULT = 1_764, 578  # bytes of the sealed parts of an enrolment
_SHORT = 16  # where a database of millions is wanted whose records nobody opens
_NOISE = 1 << 20
_REFUSED, _SECOND, _SLIP, _SET_ASIDE = 0.05, 0.02, 0.02, 0.0005  # beside each opening
_UNKNOWN_OPERATOR = 0.01  # whose euro is held
_SAYS_NO = 0.03
_VERSION_7, _VARIANT, _RANDOM_BITS = 0x7000, 0x8000000000000000, 62

_CONTACTS = (Contact(email="lea.specimen@exemple.fr"), Contact(mobile="0612345678"), Contact())


@dataclass(slots=True)
class Chain:
    """Where a terminal's chain stands."""

    sequence: int
    head: bytes

    @classmethod
    def of(cls, terminal: str) -> Chain:
        """Before its first record."""
        return cls(-1, first_link(TerminalId(terminal)))


class RecordMaker:
    """Makes the records of a database, the same ones for the same seed."""

    def __init__(self, seed: int, *, short_bodies: bool = False) -> None:
        self._administrative = _SHORT if short_bodies else _ADMINISTRATIVE
        self._vault = _SHORT if short_bodies else _VAULT
        self._seed = seed
        self._chance = random.Random(f"records {seed}")
        self._noise = self._chance.randbytes(_NOISE)
        self._facts: dict[tuple[str, str, int, bool, bool], EnrolmentFacts] = {}
        self._persons = 0

    def batch(self, point: Point, chain: Chain, moments: list[int]) -> Iterator[Opened]:
        """Openings at these moments (milliseconds, oldest first), with what else happens at a counter between them."""
        for at_ms in moments:
            chance = self._chance.random()
            if chance < _REFUSED:
                yield Opened(self._item(point, chain, RecordKind.REFUSAL, at_ms))
            opened = self._enrolment(point, chain, at_ms, self._person())
            yield opened
            if chance > 1 - _SECOND:
                yield self._enrolment(point, chain, at_ms + 1, opened.person)
            elif chance > 1 - _SECOND - _SLIP:
                yield self._slip(point, chain, at_ms + 1, opened.item.routing.record_id)
            elif chance > 1 - _SECOND - _SLIP - _SET_ASIDE:
                yield Opened(self._item(point, chain, RecordKind.ENROLMENT, at_ms + 1), quarantine="unreadable")

    def _person(self) -> bytes:
        self._persons += 1
        return hashlib.sha256(f"{self._seed} {self._persons}".encode()).digest()[:16]

    def _enrolment(self, point: Point, chain: Chain, at_ms: int, person: bytes | None) -> Opened:
        return Opened(self._item(point, chain, RecordKind.ENROLMENT, at_ms), self._answers(point), person)

    def _slip(self, point: Point, chain: Chain, at_ms: int, enrolment: bytes) -> Opened:
        facts = SlipFacts(enrolment_id=enrolment, slip="activation", copy_number=1, result="printed", settled_ms=at_ms)
        return Opened(self._item(point, chain, RecordKind.SLIP_OUTCOME, at_ms), facts)

    def _answers(self, point: Point) -> EnrolmentFacts:
        chance = self._chance
        operator, role = point.operator
        if chance.random() < _UNKNOWN_OPERATOR:
            operator = "INCONNU-1"
        contact = chance.randrange(len(_CONTACTS))
        key = operator, role, contact, chance.random() > _SAYS_NO, chance.random() > _SAYS_NO
        if key not in self._facts:
            accepted = {Question.BREAK_GLASS: key[3], Question.CENTRE_15: key[4]}
            self._facts[key] = enrolment_facts(
                fictitious_nir(1), operator=operator, role=role, contact=_CONTACTS[contact], accepted=accepted
            )
        return self._facts[key]

    def _item(self, point: Point, chain: Chain, kind: RecordKind, at_ms: int) -> BatchItem:
        is_bare = kind is RecordKind.REFUSAL
        administrative = None if is_bare else self._sealed(self._administrative)
        vault = self._sealed(self._vault) if kind is RecordKind.ENROLMENT else None
        routing = Routing(
            record_id=self._record_id(at_ms),
            kind=kind.value,
            terminal=point.place.terminal,
            office=point.place.office,
            channel=point.place.channel,
            sub_channel=point.place.sub_channel,
            sequence=chain.sequence + 1,
            captured_ms=at_ms,
            previous_hash=chain.head,
            administrative_hash=None if administrative is None else sha256(administrative),
            vault_hash=None if vault is None else sha256(vault),
        )
        encoded = encode(routing)
        chain.sequence, chain.head = chain.sequence + 1, record_hash(encoded)
        record = Record(routing=encoded, administrative=administrative, vault=vault)
        return BatchItem(encode(record), record, routing, chain.head)

    def _sealed(self, length: int) -> bytes:
        start = self._chance.randrange(_NOISE - length)
        return self._noise[start : start + length]

    def _record_id(self, at_ms: int) -> bytes:
        """UUIDv7 (RFC 9562 §5.7)."""
        bits = self._chance.getrandbits(74)
        high = _VERSION_7 | bits >> _RANDOM_BITS
        low = _VARIANT | bits & ((1 << _RANDOM_BITS) - 1)
        return at_ms.to_bytes(6, "big") + high.to_bytes(2, "big") + low.to_bytes(8, "big")
