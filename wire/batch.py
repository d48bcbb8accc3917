"""Up to 200 contiguous records under one signature, and central's signed answer with an outcome for each.

The signature covers the header; the header names the hash of the last record; each record's routing names the hash of
the one before it and of its own sealed parts. So one signature commits to every byte (perf.md: one a batch, not one
a record). Limits stand here because both ends must agree on them.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from wire.canonical import WireStruct, decode, encode
from wire.errors import ChainError, FormatError
from wire.identifiers import TerminalId
from wire.records import Record, Routing, check_parts, read_record, read_routing, record_hash, sha256
from wire.signing import SigningPurpose, open_document, sign, sign_document, verify

RECORDS_LIMIT = 200
BATCH_LIMIT = 4 * 1024 * 1024  # bytes of a request body
ANSWER_LIMIT = 64 * 1024  # bytes; 200 outcomes are about 20 KiB
_HEADER_LIMIT = 512


class BatchHeader(WireStruct, frozen=True):
    """What is signed. ``head_hash`` is the hash of the last record; ``sent_ms`` is by the terminal's clock."""

    terminal: str
    first_sequence: int
    count: int
    head_hash: bytes
    sent_ms: int
    version: int = 1


class BatchMessage(WireStruct, frozen=True):
    """What travels."""

    header: bytes
    signature: bytes
    records: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class BatchItem:
    """One record of a batch: as it came, taken apart, and its hash. Nothing of it is verified by existing."""

    raw: bytes
    record: Record
    routing: Routing
    hash: bytes


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch taken apart. ``digest`` names it in the answer."""

    header: BatchHeader
    header_bytes: bytes
    signature: bytes
    items: tuple[BatchItem | FormatError, ...]
    digest: bytes


class Outcome(enum.Enum):
    """What became of a record. Only the two DURABLE ones let the terminal forget it."""

    DURABLE_NEW = "durable_new"
    DURABLE_ALREADY = "durable_already"
    PENDING = "pending"
    REJECTED = "rejected"


QUARANTINED = "quarantined"
"""The code of a record that central keeps and acts on only when a person has looked (revoked, unknown, unopenable)."""


class RecordOutcome(WireStruct, frozen=True):
    """Outcome of one record; ``code`` says more (``second_enrolment``, :data:`QUARANTINED`…), ``retry_ms``: PENDING."""

    record_hash: bytes
    outcome: Outcome
    code: str | None = None
    retry_ms: int | None = None


class BatchAnswer(WireStruct, frozen=True):
    """Central's answer: outcomes in the order of the records, and central's time."""

    terminal: str
    batch_digest: bytes
    server_ms: int
    outcomes: tuple[RecordOutcome, ...]
    version: int = 1


def write_batch(terminal: TerminalId, records: Sequence[bytes], key: Ed25519PrivateKey, *, sent_ms: int) -> bytes:
    """Sign contiguous records, oldest first.

    Raises:
        FormatError: none, or more than 200.
    """
    if not 0 < len(records) <= RECORDS_LIMIT:
        raise FormatError(f"a batch has 1 to {RECORDS_LIMIT} records", code="batch_count")
    routings = [read_record(record).routing for record in (records[0], records[-1])]
    header = encode(
        BatchHeader(
            terminal=terminal,
            first_sequence=read_routing(routings[0]).sequence,
            count=len(records),
            head_hash=record_hash(routings[1]),
            sent_ms=sent_ms,
        )
    )
    signature = sign(SigningPurpose.BATCH, header, key)
    return encode(BatchMessage(header=header, signature=signature, records=tuple(records)))


def read_batch(data: bytes) -> Batch:
    """Take a batch apart within the limits; nothing is verified.

    A record that is not of the form stands as its FormatError: one damaged record does not stop the others.

    Raises:
        FormatError: the batch itself is too long or malformed, or its count is not that of the header.
    """
    message = decode(data, BatchMessage, limit=BATCH_LIMIT)
    header = decode(message.header, BatchHeader, limit=_HEADER_LIMIT)
    if not 0 < len(message.records) <= RECORDS_LIMIT or header.count != len(message.records):
        raise FormatError("the batch has not the number of records its header says", code="batch_count")
    items = tuple(_read_item(raw) for raw in message.records)
    return Batch(header, message.header, message.signature, items, sha256(message.header))


def read_item(raw: bytes) -> BatchItem:
    """One record taken apart, as it stands in a batch or was kept by central; nothing is verified."""
    record = read_record(raw)
    return BatchItem(raw, record, read_routing(record.routing), record_hash(record.routing))


def _read_item(raw: bytes) -> BatchItem | FormatError:
    try:
        return read_item(raw)
    except FormatError as error:
        return error


def verify_batch(batch: Batch, key: Ed25519PublicKey) -> None:
    """Return when every byte of the batch is what the terminal signed.

    Steps:

    1. the signature holds over the header;
    2. the last record's hash is the one the header names;
    3. each record names the hash of the one before it, and sequences grow by one from the header's first;
    4. each record is of the header's terminal;
    5. each record's sealed parts are those whose hashes its routing names, and nothing stands beside the three parts.

    Not checked here: whose key it is, whether the terminal is revoked, whether the first record follows what central
    already has (gaps and forks are central's to judge), what the sealed parts hold.

    Raises:
        SignatureError: step 1. ChainError: steps 2 to 5. FormatError: a record could not be taken apart.
    """
    verify(SigningPurpose.BATCH, batch.header_bytes, batch.signature, key)  # 1
    previous: BatchItem | None = None
    for offset, item in enumerate(batch.items):
        if isinstance(item, FormatError):
            raise item
        if item.routing.sequence != batch.header.first_sequence + offset or (
            previous is not None and item.routing.previous_hash != previous.hash
        ):
            raise ChainError("the records do not follow each other", code="chain_broken")  # 3
        if item.routing.terminal != batch.header.terminal:
            raise ChainError("a record is of another terminal", code="chain_terminal")  # 4
        check_parts(item.routing, item.record)  # 5
        if encode(item.record) != item.raw:
            raise ChainError("a record holds more than its three parts", code="chain_framing")  # 5
        previous = item
    if previous is None or previous.hash != batch.header.head_hash:
        raise ChainError("the last record is not the one that was signed", code="chain_head")  # 2


def write_answer(answer: BatchAnswer, key: Ed25519PrivateKey) -> bytes:
    """Sign central's answer."""
    return sign_document(SigningPurpose.ANSWER, encode(answer), key)


def open_answer(data: bytes, key: Ed25519PublicKey, *, terminal: TerminalId, batch: bytes) -> BatchAnswer:
    """The answer to exactly this batch (its bytes as sent), once the signature holds.

    Raises:
        SignatureError, FormatError: not central's answer.
        ChainError: ``answer_other``: an answer to another batch or terminal, replayed by someone.
    """
    payload = open_document(SigningPurpose.ANSWER, data, key, limit=ANSWER_LIMIT)
    answer = decode(payload, BatchAnswer, limit=ANSWER_LIMIT)
    digest = sha256(decode(batch, BatchMessage, limit=BATCH_LIMIT).header)
    if answer.terminal != terminal or answer.batch_digest != digest:
        raise ChainError("this answers another batch", code="answer_other")
    return answer
