"""Writing the audit, in the transaction of the change it tells of; and checking that nobody changed it since."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, select

from central.audit.models import audit_entries
from central.audit.tags import AuditTag
from central.chains import ChainName, ChainReport, Content, Head, extend, head_of, move_head, verify_entries
from central.engine import insert_values

_COLUMNS = ("shard", "number", "at_ms", "tag", "subject", "actor", "detail", "entry_hash")
_WALK = (
    select(audit_entries)
    .where(audit_entries.c.shard == bindparam("in_shard"))
    .order_by(audit_entries.c.number)
    .execution_options(yield_per=1000)
)


class AuditEntry(msgspec.Struct, frozen=True, gc=False):
    """What happened to what, by whom: ``actor`` is ``terminal:NAME``, ``manager:NAME``, ``vault`` or ``command``.

    ``subject`` is an identifier's bytes, ``detail`` a word of ours; neither ever holds data of a person. A struct, not
    a dataclass: several are made for each record that arrives, at a fifth of the cost.
    """

    tag: AuditTag
    subject: bytes
    actor: str
    detail: str | None = None


def append(connection: Connection, shard: int, entries: Sequence[AuditEntry], *, at_ms: int) -> None:
    """Chain and write entries, in order."""
    if not entries:
        return
    head = head_of(connection, ChainName.AUDIT, shard)
    contents = [
        (head.number + place, at_ms, entry.tag.value, entry.subject, entry.actor, entry.detail)
        for place, entry in enumerate(entries, 1)
    ]
    hashes = extend(head, contents)
    rows = [(shard, *content, entry_hash) for content, entry_hash in zip(contents, hashes, strict=True)]
    insert_values(connection, audit_entries, _COLUMNS, rows)
    move_head(connection, ChainName.AUDIT, shard, Head(head.number + len(entries), hashes[-1]))


def verify_chain(connection: Connection, shard: int) -> ChainReport:
    """Walk one shard of the audit (steps: :func:`central.chains.verify_entries`)."""
    head = head_of(connection, ChainName.AUDIT, shard)
    with connection.execute(_WALK, {"in_shard": shard}) as rows:
        return verify_entries(ChainName.AUDIT, shard, _contents(rows), head)


def _contents(rows: Any) -> Iterator[tuple[Content, bytes]]:
    for row in rows:
        yield (row.number, row.at_ms, row.tag, row.subject, row.actor, row.detail), row.entry_hash
