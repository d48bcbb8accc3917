"""From a fact in memory to bytes that this terminal can no longer read.

The two sealed parts do not depend on the record's place in the chain, so they are made before the disk is locked;
only the routing, which names place and predecessor, is made inside the transaction.
"""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.enrolment.place import TerminalPlace
from kiosk.enrolment.ports import RecordDraft
from kiosk.sync.server_time import Floor
from wire.canonical import encode
from wire.errors import FormatError
from wire.identifiers import milliseconds
from wire.records import ADMINISTRATIVE_LIMIT, VAULT_LIMIT, Routing, record_hash, sha256, write_record
from wire.sealing import SealPurpose, seal
from wire.trust import KeyUse


@dataclass(frozen=True, slots=True)
class ChainPlace:
    """Where a record goes: its number from 1, and the hash of the record before it."""

    sequence: int
    previous_hash: bytes


@dataclass(frozen=True, slots=True, repr=False)
class SealedRecord:
    """A record as stored and sent, and its hash, which the next one will name."""

    raw: bytes
    hash: bytes


@dataclass(frozen=True, slots=True, repr=False)
class SealedParts:
    """A draft with its parts sealed; it lacks only its place in the chain."""

    draft: RecordDraft
    place: TerminalPlace
    administrative: bytes | None
    vault: bytes | None

    def at(self, chain: ChainPlace, floor: Floor) -> SealedRecord:
        """The record at that place of the chain, with the doubt about its time."""
        routing = Routing(
            record_id=self.draft.record_id.value,
            kind=self.draft.kind.value,
            terminal=self.place.terminal,
            office=self.place.office,
            channel=self.place.channel.value,
            sub_channel=self.place.sub_channel.value,
            sequence=chain.sequence,
            captured_ms=milliseconds(self.draft.captured_at),
            previous_hash=chain.previous_hash,
            floor_ms=floor.floor_ms,
            since_floor_ms=floor.since_ms,
            administrative_hash=None if self.administrative is None else sha256(self.administrative),
            vault_hash=None if self.vault is None else sha256(self.vault),
        )
        return SealedRecord(write_record(routing, self.administrative, self.vault), record_hash(encode(routing)))


def seal_parts(draft: RecordDraft, place: TerminalPlace) -> SealedParts:
    """Seal the administrative part to central's intake and the vault part to the host.

    Steps:

    1. the keys are those of the trust bundle held now, by their use;
    2. each seal binds purpose, record id and terminal (:mod:`wire.sealing`): moved elsewhere it does not open;
    3. no part is longer than central will take: what could never be sent must not be promised to anybody.

    Not checked: whether the facts are complete (the session's rules see to it), and whether the vault part was made
    for this bundle's role keys.

    Raises:
        wire.errors.TrustError: the bundle lacks the key.
        wire.errors.FormatError: ``too_long``.
    """
    administrative = vault = None
    if draft.administrative is not None:
        key = place.trust.sealing_key(KeyUse.INTAKE)  # 1
        facts = encode(draft.administrative)
        administrative = seal(facts, key, SealPurpose.ADMINISTRATIVE, draft.record_id, place.terminal)  # 2
    if draft.vault is not None:
        key = place.trust.sealing_key(KeyUse.VAULT)  # 1
        vault = seal(encode(draft.vault), key, SealPurpose.VAULT_PART, draft.record_id, place.terminal)  # 2
    if len(administrative or b"") > ADMINISTRATIVE_LIMIT or len(vault or b"") > VAULT_LIMIT:  # 3
        raise FormatError("a sealed part is longer than central takes", code="too_long")
    return SealedParts(draft, place, administrative, vault)
