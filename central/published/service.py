"""Keeping published figures: imported from files, read back with their sources. The same file twice changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files

from sqlalchemy import Connection, select

from central.audit.service import AuditEntry, append
from central.audit.tags import AuditTag
from central.db import shard_of
from central.engine import insert_into
from central.errors import NotFoundError
from central.published.figures import Figure, Precision, PublishedMeasure
from central.published.models import published_figures, published_sources
from central.published.series_file import read_figures, read_sources
from wire.identifiers import milliseconds
from wire.records import sha256

_KEY = [column.name for column in published_figures.primary_key]


@dataclass(frozen=True, slots=True)
class Source:
    """Who said it, and when that was published, as precisely as it is known."""

    key: str
    name: str
    published_on: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: figures that are new, that the source now says otherwise, and that stood there already."""

    added: int
    changed: int
    unchanged: int


def shipped() -> tuple[bytes, bytes]:
    """The series that come with the programme (dmp.md §12) and their sources, as files."""
    folder = files("central.published").joinpath("data")
    return folder.joinpath("series.csv").read_bytes(), folder.joinpath("sources.csv").read_bytes()


def import_series(
    connection: Connection, series: bytes, sources: bytes | None, *, by: str, now: datetime, shards: int
) -> Imported:
    """Keep the figures of a file, all of them or none. What a source said before of the same thing is replaced.

    Raises:
        SetupError: ``series``: a line cannot be read. NotFoundError: ``source_unknown``: nobody knows who said it.
    """
    figures = read_figures(series)
    for key, name, published_on in read_sources(sources) if sources is not None else ():
        written = {"name": name, "published_on": published_on}
        insert = insert_into(connection, published_sources).values(source_key=key, **written)
        connection.execute(insert.on_conflict_do_update(index_elements=["source_key"], set_=written))
    known = set(connection.execute(select(published_sources.c.source_key)).scalars())
    unknown = sorted({figure.source for figure in figures} - known)
    if unknown:
        raise NotFoundError(f"no source of this key is known: {', '.join(unknown)}", code="source_unknown")
    before = {_key_of(figure): figure for figure in read_all(connection)}
    new = [figure for figure in figures if before.get(_key_of(figure)) != figure]
    for figure in new:
        _keep(connection, figure, milliseconds(now))
    if new:
        digest = sha256(series)
        entry = AuditEntry(AuditTag.PUBLISHED_FIGURES_IMPORTED, digest, by, str(len(new)))
        append(connection, shard_of(digest, shards), [entry], at_ms=milliseconds(now))
    added = sum(_key_of(figure) not in before for figure in new)
    return Imported(added, len(new) - added, len(figures) - len(new))


def read_all(connection: Connection) -> Sequence[Figure]:
    """Every figure, oldest date first."""
    order = (published_figures.c.until, published_figures.c.measure, published_figures.c.region)
    rows = connection.execute(select(published_figures).order_by(*order, published_figures.c.channel))
    return [
        Figure(
            measure=PublishedMeasure(row.measure),
            until=row.until,
            since=row.since,
            channel=row.channel,
            region=row.region,
            value=row.value,
            highest=row.highest,
            precision=Precision(row.kind),
            source=row.source_key,
            note=row.note,
        )
        for row in rows
    ]


def read_source_names(connection: Connection) -> dict[str, Source]:
    """Every source by its key."""
    rows = connection.execute(select(published_sources).order_by(published_sources.c.source_key))
    return {row.source_key: Source(row.source_key, row.name, row.published_on) for row in rows}


def _key_of(figure: Figure) -> tuple[object, ...]:
    return figure.source, figure.measure, figure.channel, figure.region, figure.since, figure.until


def _keep(connection: Connection, figure: Figure, now_ms: int) -> None:
    said = {
        "value": figure.value,
        "highest": figure.highest,
        "kind": figure.precision.value,
        "note": figure.note,
        "imported_ms": now_ms,
    }
    insert = insert_into(connection, published_figures).values(
        source_key=figure.source,
        measure=figure.measure.value,
        channel=figure.channel,
        region=figure.region,
        since=figure.since,
        until=figure.until,
        **said,
    )
    connection.execute(insert.on_conflict_do_update(index_elements=_KEY, set_=said))
