"""A new record is opened and understood, or it is said why it cannot be. No database, no clock.

What cannot be opened or understood is kept, never refused: an authentic record is a fact, and somebody can look at
it later. The one exception is a refusal that carries sealed parts: who refused must leave no trace.
"""

from __future__ import annotations

import msgspec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from central.enrolments.evidence import is_complete
from central.enrolments.fingerprint import fingerprint
from central.keys import CentralKeys
from wire.batch import BatchItem
from wire.errors import IdentifierError, WireError
from wire.identifiers import RecordId, TerminalId
from wire.nir import InsAuthority, Nir, NirKind
from wire.records import (
    RECORD_VERSION,
    Administrative,
    EnrolmentFacts,
    RecordKind,
    Routing,
    SlipFacts,
    read_administrative,
)
from wire.sealing import SealPurpose, unseal

_NUMBERS = range(1 << 53)  # sequences and times; beyond it lies no database's or person's business
_COPIES = range(1 << 16)
_WORD_LENGTH = 32
_ID_BYTES = 16
_KINDS = frozenset(kind.value for kind in RecordKind)


class Opened(msgspec.Struct, frozen=True):
    """A record as far as it was understood.

    ``quarantine``: why a person must look at it; ``rejected``: why it is not even kept; both None when all is well.
    ``person`` is the keyed fingerprint of an enrolment's person.
    """

    item: BatchItem
    facts: Administrative | None = None
    person: bytes | None = None
    quarantine: str | None = None
    rejected: str | None = None

    def __repr__(self) -> str:
        return "Opened(…)"


class Opener:
    """Opens records with central's intake and person-index keys."""

    def __init__(self, keys: CentralKeys, authority: InsAuthority) -> None:
        self._intake: X25519PrivateKey = keys.intake
        self._index = keys.person_index
        self._authority = authority

    def open(self, item: BatchItem, terminal: str) -> Opened:
        """Understand one authentic record of ``terminal``.

        Steps:

        1. its id is a record id and its numbers are numbers a database can hold (else rejected: it cannot be stored);
        2. version and kind are known, and it names the terminal that signed it (else quarantine);
        3. a refusal carries no sealed part (else rejected);
        4. the administrative part opens in its context and is of the record's kind (else quarantine);
        5. an enrolment names a registered person's number, of this programme's authority; a provisional number waits
           for an INS (dmp.md §15 transition 6); keys for the vault came with it; the evidence of consent is complete.
        """
        routing = item.routing
        if (fault := _beyond_storing(routing)) is not None:  # 1
            return Opened(item, rejected=fault)
        if (fault := _not_understood(routing, terminal)) is not None:  # 2
            return Opened(item, quarantine=fault)
        if routing.kind == RecordKind.REFUSAL.value:  # 3
            identified = routing.administrative_hash is not None or routing.vault_hash is not None
            return Opened(item, rejected="refusal_not_anonymous" if identified else None)
        try:
            facts = self._unseal(item)  # 4
        except WireError as error:
            return Opened(item, quarantine="not_opened" if error.code == "seal" else error.code[:_WORD_LENGTH])
        if isinstance(facts, EnrolmentFacts):
            return self._enrolment(item, facts)
        return Opened(item, facts, quarantine=None if _is_storable(facts) else "slip_unknown")

    def _unseal(self, item: BatchItem) -> Administrative:
        routing, sealed = item.routing, item.record.administrative
        if sealed is None:
            raise WireError("the administrative part is missing", code="administrative_missing")
        context = RecordId(routing.record_id), TerminalId(routing.terminal)
        facts = read_administrative(unseal(sealed, self._intake, SealPurpose.ADMINISTRATIVE, *context))
        if isinstance(facts, EnrolmentFacts) != (routing.kind == RecordKind.ENROLMENT.value):
            raise WireError("the administrative part is of another kind", code="kind_mismatch")
        return facts

    def _enrolment(self, item: BatchItem, facts: EnrolmentFacts) -> Opened:  # 5
        try:
            nir = Nir.parse(facts.traits.nir)
        except IdentifierError as error:
            return Opened(item, facts, quarantine=error.code)
        return Opened(item, facts, fingerprint(nir, self._index), self._not_to_be_opened(item, facts, nir))

    def _not_to_be_opened(self, item: BatchItem, facts: EnrolmentFacts, nir: Nir) -> str | None:
        if nir.kind is NirKind.PROVISIONAL:
            return "pending_ins"
        if facts.traits.ins_oid != self._authority.value:
            return "ins_authority"
        if item.record.vault is None:
            return "vault_part_missing"
        return None if is_complete(facts) else "evidence_incomplete"


def _beyond_storing(routing: Routing) -> str | None:
    try:
        RecordId(routing.record_id)
    except IdentifierError as error:
        return error.code
    return None if routing.sequence in _NUMBERS and routing.captured_ms in _NUMBERS else "out_of_range"


def _not_understood(routing: Routing, terminal: str) -> str | None:
    if routing.terminal != terminal:
        return "terminal_mismatch"
    if routing.version != RECORD_VERSION:
        return "version_unknown"
    return None if routing.kind in _KINDS else "kind_unknown"


def _is_storable(facts: SlipFacts) -> bool:
    words = facts.slip, facts.result
    return (
        all(0 < len(word) <= _WORD_LENGTH and word.isascii() and word.isprintable() for word in words)
        and facts.copy_number in _COPIES
        and facts.settled_ms in _NUMBERS
        and len(facts.enrolment_id) == _ID_BYTES
    )
