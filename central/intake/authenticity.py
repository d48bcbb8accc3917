"""Which records of a batch are the ones the terminal signed, when some of them were damaged. Pure.

One signature covers the hash of the last record; each authentic record vouches for the hash of the one before it. So
the walk goes from the signed head backwards, and trust ends at the first record whose routing is not the one vouched
for: what lies before it may be genuine, but nothing here says so. A damaged sealed part damages its record alone.
"""

from __future__ import annotations

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from wire.batch import BATCH_LIMIT, Batch, BatchItem, BatchMessage, verify_batch
from wire.canonical import decode, encode
from wire.errors import ChainError, FormatError
from wire.records import check_parts, sha256

UNREACHED = "unreached"
"""Code of a record that stands before a damaged one: it must come again under a signature of its own."""


class Judged(msgspec.Struct, frozen=True):
    """A record of a batch: ``hash`` is what the terminal knows it by, ``fault`` is None when it is authentic.

    ``seen`` is the hash of the very bytes that came: the same damage again is damage at the source.
    """

    item: BatchItem | None
    hash: bytes
    fault: str | None = None
    seen: bytes = b""


def judge(batch: Batch, body: bytes, key: Ed25519PublicKey) -> tuple[Judged, ...]:
    """Tell the authentic records from the others, in the batch's order.

    Steps:

    1. the signature holds over the header (else nothing is kept);
    2. when every step of :func:`wire.batch.verify_batch` holds, all are authentic;
    3. else, from the signed head backwards: a record is authentic when its hash is the one vouched for and its sealed
       parts are those its routing names; ``part_hash`` or ``chain_framing`` when only those do not fit;
       ``malformed``, ``too_long`` or ``chain_broken`` when its routing is not the one vouched for;
    4. what stands before such a one is ``unreached``.

    Not checked: whether the records follow what central already has, and that sequences grow by one: both are
    judged by :mod:`central.intake.continuity`, and never stop a record.

    Raises:
        wire.errors.SignatureError: step 1.
    """
    try:
        verify_batch(batch, key)  # 1, 2
    except (ChainError, FormatError):
        return _walk_back(batch, decode(body, BatchMessage, limit=BATCH_LIMIT).records)
    return tuple(Judged(item, item.hash) for item in batch.items if isinstance(item, BatchItem))


def _walk_back(batch: Batch, raws: tuple[bytes, ...]) -> tuple[Judged, ...]:
    judged: list[Judged] = []
    vouched: bytes | None = batch.header.head_hash
    for item, raw in zip(reversed(batch.items), reversed(raws), strict=True):
        if vouched is None:  # 4
            judged.append(_unreached(item, raw))
        elif isinstance(item, FormatError):  # 3
            judged.append(Judged(None, vouched, item.code, sha256(raw)))
            vouched = None
        elif item.hash != vouched:
            judged.append(Judged(None, vouched, "chain_broken", sha256(raw)))
            vouched = None
        else:
            judged.append(Judged(item, item.hash, _fault_of_parts(item), sha256(raw)))
            vouched = item.routing.previous_hash
    return tuple(reversed(judged))


def _unreached(item: BatchItem | FormatError, raw: bytes) -> Judged:
    own_hash = sha256(raw) if isinstance(item, FormatError) else item.hash
    return Judged(None, own_hash, UNREACHED)


def _fault_of_parts(item: BatchItem) -> str | None:
    try:
        check_parts(item.routing, item.record)
    except ChainError as error:
        return error.code
    return None if encode(item.record) == item.raw else "chain_framing"
