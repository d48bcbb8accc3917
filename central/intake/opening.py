"""A new record is opened and understood, or it is said why it cannot be. No database, no clock.

What cannot be opened or understood is kept, never refused: an authentic record is a fact, and somebody can look at
it later. Two exceptions: a refusal that carries sealed parts, for who refused must leave no trace; and a record of
another terminal, for keeping it would tell that terminal that its own had arrived.
"""

from __future__ import annotations

import msgspec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from central.enrolments.evidence import is_complete, may_attest
from central.enrolments.fingerprint import fingerprint
from central.keys import CentralKeys
from wire.batch import BatchItem
from wire.errors import IdentifierError, WireError
from wire.facts import (
    Administrative,
    ClosureFacts,
    CodeReissueFacts,
    ConsentChangeFacts,
    ContactChangeFacts,
    EnrolmentFacts,
    OppositionFacts,
    PendingInsFacts,
    PersonFacts,
    ReactivationFacts,
    SlipFacts,
    read_administrative,
)
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
_FACTS_OF: dict[str, type[Administrative]] = {
    RecordKind.ENROLMENT.value: EnrolmentFacts,
    RecordKind.SLIP_OUTCOME.value: SlipFacts,
    RecordKind.PENDING_INS.value: PendingInsFacts,
    RecordKind.REACTIVATION.value: ReactivationFacts,
    RecordKind.CODE_REISSUE.value: CodeReissueFacts,
    RecordKind.CONSENT_CHANGE.value: ConsentChangeFacts,
    RecordKind.CONTACT_CHANGE.value: ContactChangeFacts,
    RecordKind.CLOSURE_REQUEST.value: ClosureFacts,
    RecordKind.OPPOSITION.value: OppositionFacts,
}


class Opened(msgspec.Struct, frozen=True):
    """A record as far as it was understood.

    ``quarantine``: why a person must look at it; ``rejected``: why it is not even kept; both None when all is well.
    ``person`` is the keyed fingerprint of the person, where the fact names their number.
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

    def open(self, item: BatchItem, terminal: str, *, received_ms: int) -> Opened:
        """Understand one authentic record of ``terminal`` that arrived at ``received_ms``.

        Steps:

        1. its id is a record id and its numbers are numbers a database can hold (else rejected: it cannot be stored),
           and it names the terminal that signed it (else rejected: an id that stands in central's table makes the
           terminal that made it forget the record, so nobody else may put it there);
        2. version and kind are known (else quarantine);
        3. a refusal carries no sealed part (else rejected);
        4. the administrative part opens in its context and is of the record's kind (else quarantine);
        5. a fact about a person names a registered person's number, of this programme's authority; in an enrolment a
           provisional number waits for an INS (dmp.md §15 transition 6);
        6. what the vault needs came with it, and no more than the vault takes (one part that is too long would stop
           the hand-over of all others); an opposition and a child without a number have nothing for the vault;
        7. the evidence of the kind is complete, and who attested is of a role that may attest there.
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
        return self._understand(item, facts, received_ms)

    def _understand(self, item: BatchItem, facts: Administrative, received_ms: int) -> Opened:
        routing = item.routing
        if isinstance(facts, SlipFacts):
            return Opened(item, facts, quarantine=None if _is_storable(facts) else "slip_unknown")
        captured_ms = min(routing.captured_ms, received_ms)
        if isinstance(facts, PendingInsFacts):
            fault = self._unusual_authority(facts.ins_oid) or _unproved(facts, routing, captured_ms)
            return Opened(item, facts, quarantine=fault)
        return self._of_a_person(item, facts, captured_ms)

    def _unseal(self, item: BatchItem) -> Administrative:
        routing, sealed = item.routing, item.record.administrative
        if sealed is None:
            raise WireError("the administrative part is missing", code="administrative_missing")
        context = RecordId(routing.record_id), TerminalId(routing.terminal)
        facts = read_administrative(unseal(sealed, self._intake, SealPurpose.ADMINISTRATIVE, *context))
        if type(facts) is not _FACTS_OF.get(routing.kind):
            raise WireError("the administrative part is of another kind", code="kind_mismatch")
        return facts

    def _of_a_person(self, item: BatchItem, facts: PersonFacts, captured_ms: int) -> Opened:
        try:
            nir = Nir.parse(facts.traits.nir)  # 5
        except IdentifierError as error:
            return Opened(item, facts, quarantine=error.code)
        fault = (
            ("pending_ins" if nir.kind is NirKind.PROVISIONAL else None)
            or self._unusual_authority(facts.traits.ins_oid)
            or (None if isinstance(facts, OppositionFacts) else _unfit_for_the_vault(item))  # 6
            or _unproved(facts, item.routing, captured_ms)  # 7
        )
        return Opened(item, facts, fingerprint(nir, self._index), fault)

    def _unusual_authority(self, ins_oid: str) -> str | None:
        return None if ins_oid == self._authority.value else "ins_authority"


def _unfit_for_the_vault(item: BatchItem) -> str | None:
    if item.record.vault is None:
        return "vault_part_missing"
    return "vault_part_too_long" if len(item.record.vault) > VAULT_LIMIT else None


def _unproved(facts: PersonFacts | PendingInsFacts, routing: Routing, captured_ms: int) -> str | None:
    if not is_complete(facts, captured_ms=captured_ms):
        return "evidence_incomplete"
    return None if may_attest(facts.identity_check, routing.sub_channel) else "attestor_role"


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
