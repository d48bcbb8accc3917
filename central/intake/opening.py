"""A new record is opened and understood, or it is said why it cannot be. No database, no clock.

What cannot be opened or understood is kept, never refused: an authentic record is a fact, and somebody can look at
it later. Two exceptions: a refusal that carries sealed parts, for who refused must leave no trace; and a record of
another terminal, for keeping it would tell that terminal that its own had arrived.
"""

from __future__ import annotations

import msgspec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from central.enrolments.evidence import is_complete
from central.enrolments.fingerprint import fingerprint
from central.keys import CentralKeys
from wire.batch import BatchItem
from wire.errors import IdentifierError, WireError
from wire.facts import Administrative, EnrolmentFacts, SlipFacts, read_administrative
from wire.identifiers import RecordId, TerminalId
from wire.nir import InsAuthority, Nir, NirKind
from wire.records import RECORD_VERSION, VAULT_LIMIT, RecordKind, Routing
from wire.sealing import SealPurpose, unseal

_NUMBERS = range(1 << 53)  # sequences and times; beyond it lies no database's or person's business
_COPIES = range(1 << 16)
_WORD_LENGTH = 32
_ID_BYTES = 16
_ID_TIME_BYTES = 6
_ID_TIMES = range(253_402_300_800_000)  # milliseconds up to the year 10000, the last that a date can tell
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

        1. its id is a record id and its numbers are numbers a database can hold (else rejected: it cannot be stored),
           and it names the terminal that signed it (else rejected: an id that stands in central's table makes the
           terminal that made it forget the record, so nobody else may put it there);
        2. version and kind are known (else quarantine);
        3. a refusal carries no sealed part (else rejected);
        4. the administrative part opens in its context and is of the record's kind (else quarantine);
        5. an enrolment names a registered person's number, of this programme's authority; a provisional number waits
           for an INS (dmp.md §15 transition 6); keys for the vault came with it, and no more than the vault takes (one
           part that is too long would stop the hand-over of all others); the evidence of consent is complete.
        """
        routing = item.routing
        if (fault := _beyond_storing(routing, terminal)) is not None:  # 1
            return Opened(item, rejected=fault)
        if (fault := _not_understood(routing)) is not None:  # 2
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
        if isinstance(facts, SlipFacts):
            return Opened(item, facts, quarantine=None if _is_storable(facts) else "slip_unknown")
        return Opened(item, facts, quarantine="kind_unknown")

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
        if len(item.record.vault) > VAULT_LIMIT:
            return "vault_part_too_long"
        return None if is_complete(facts) else "evidence_incomplete"


def _beyond_storing(routing: Routing, terminal: str) -> str | None:
    try:
        made_ms = int.from_bytes(RecordId(routing.record_id).value[:_ID_TIME_BYTES], "big")
    except IdentifierError as error:
        return error.code
    if routing.sequence not in _NUMBERS or routing.captured_ms not in _NUMBERS or made_ms not in _ID_TIMES:
        return "out_of_range"
    return None if routing.terminal == terminal else "terminal_mismatch"


def _not_understood(routing: Routing) -> str | None:
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
