"""Anchoring: the heads of every shard of every chain in one signed document, which names the document before it.

A chain alone proves that nothing was changed in its middle; whoever could rewrite a chain and its head together is
found out by an anchor that somebody else holds. So each anchor is also written to a folder, to be copied away.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import Connection, Table, insert, select

from central.anchors.models import anchors
from central.audit.models import audit_entries
from central.chains import ChainName, chain_heads
from central.ledger.models import ledger_entries
from central.statements.models import statement_steps
from wire.canonical import WireStruct, decode, encode
from wire.errors import WireError
from wire.records import sha256
from wire.signing import SigningPurpose, open_document, peek_document, sign_document

_LIMIT = 1024 * 1024  # bytes: three chains of a thousand shards are a fifth of it
_FILE = "anchor-{number:08d}.signed"
_TABLES: dict[str, Table] = {
    ChainName.AUDIT.value: audit_entries,
    ChainName.LEDGER.value: ledger_entries,
    ChainName.STATEMENTS.value: statement_steps,
}


class AnchoredHead(WireStruct, frozen=True):
    """Where one shard of a chain ended."""

    chain: str
    shard: int
    number: int
    hash: bytes


class Anchor(WireStruct, frozen=True):
    """All heads at one instant; ``previous`` is the SHA-256 of the document before, None in the first."""

    number: int
    at_ms: int
    heads: tuple[AnchoredHead, ...]
    previous: bytes | None = None
    version: int = 1


def anchor(connection: Connection, key: Ed25519PrivateKey, *, now_ms: int) -> tuple[int, bytes]:
    """Write all heads down together; the anchor's number and its signed document.

    On PostgreSQL a transaction reads one state of the database, so the heads belong together. Two who anchor at once
    meet at the number: one of them runs again.
    """
    last = newest(connection)
    rows = connection.execute(select(chain_heads).order_by(chain_heads.c.chain, chain_heads.c.shard))
    heads = tuple(AnchoredHead(chain=row.chain, shard=row.shard, number=row.number, hash=row.hash) for row in rows)
    number = 1 if last is None else last[0] + 1
    previous = None if last is None else sha256(last[1])
    content = Anchor(number=number, at_ms=now_ms, heads=heads, previous=previous)
    document = sign_document(SigningPurpose.ANCHOR, encode(content), key)
    connection.execute(insert(anchors).values(number=number, at_ms=now_ms, document=document))
    return number, document


def newest(connection: Connection) -> tuple[int, bytes] | None:
    """Number and document of the latest anchor."""
    row = connection.execute(
        select(anchors.c.number, anchors.c.document).order_by(anchors.c.number.desc()).limit(1)
    ).one_or_none()
    return None if row is None else (row.number, row.document)


def last_ms(connection: Connection) -> int:
    """When the latest anchor was made; 0 before the first."""
    return connection.scalar(select(anchors.c.at_ms).order_by(anchors.c.number.desc()).limit(1)) or 0


def write_out(folder: Path, number: int, document: bytes) -> Path:
    """Put an anchor where somebody takes it away: never over another one.

    Raises:
        FileExistsError: an anchor of this number lies there, and it is another one.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / _FILE.format(number=number)
    if path.exists() and path.read_bytes() == document:
        return path
    with path.open("xb") as file:
        file.write(document)
    return path


def faults(connection: Connection, key: Ed25519PublicKey | None = None) -> list[int]:
    """The numbers of anchors that do not hold.

    Steps, for each, oldest first:

    1. it is numbered after the one before, and names its document by hash;
    2. with ``key``, it is signed by that (an older ledger key's anchors are then reported: check them with that one);
    3. of each head that it names, the entry stands in the table with that hash.

    Not checked here: documents that were carried away, which are the reason for all this: :func:`holds`.
    """
    bad = []
    previous: bytes | None = None
    for place, row in enumerate(connection.execute(select(anchors).order_by(anchors.c.number)), 1):
        try:
            content = _read(row.document, key)  # 2
        except WireError:
            bad.append(row.number)
        else:
            follows = (row.number, content.number, content.previous) == (place, place, previous)  # 1
            if not follows or not _stand(connection, content):  # 3
                bad.append(row.number)
        previous = sha256(row.document)
    return bad


def holds(connection: Connection, document: bytes, key: Ed25519PublicKey) -> bool:
    """Whether the chains still contain what an anchor said that somebody kept.

    Raises:
        SignatureError: it is not signed by this key. FormatError: it is no anchor.
    """
    return _stand(connection, _read(document, key))


def _read(document: bytes, key: Ed25519PublicKey | None) -> Anchor:
    if key is None:
        return decode(peek_document(document, limit=_LIMIT).payload, Anchor, limit=_LIMIT)
    return decode(open_document(SigningPurpose.ANCHOR, document, key, limit=_LIMIT), Anchor, limit=_LIMIT)


def _stand(connection: Connection, content: Anchor) -> bool:
    return all(found == head.hash for head, found in _found(connection, content) if head.number)


def _found(connection: Connection, content: Anchor) -> Iterator[tuple[AnchoredHead, bytes | None]]:
    for head in content.heads:
        table = _TABLES.get(head.chain)
        if table is None:
            yield head, None
            continue
        query = select(table.c.entry_hash).where(table.c.shard == head.shard, table.c.number == head.number)
        yield head, connection.scalar(query)
