"""Reading published series from CSV: every line checked before any is kept.

Columns: ``date,since,measure,channel,region,value,highest,precision,source,note``; comma or semicolon, UTF-8. Shares
are percent with at most two decimals, everything else whole numbers without a thousands mark.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from typing import TypeVar

from central.devices.regions import REGIONS
from central.errors import SetupError
from central.published.figures import PERCENT, WHOLE_SHARE, Figure, Precision, PublishedMeasure, first_day, last_day
from wire.records import Channel

T = TypeVar("T")

FILE_LIMIT = 1_000_000  # bytes: thousands of lines
COLUMNS = ("date", "since", "measure", "channel", "region", "value", "highest", "precision", "source", "note")
SOURCE_COLUMNS = ("key", "name", "published_on")
_NOTE_LIMIT = 200  # characters: a note is a remark beside a number
_KEY = re.compile(r"[A-Z0-9][A-Z0-9-]{1,31}")
_WHOLE = re.compile(r"[0-9]{1,12}")
_SHARE = re.compile(r"([0-9]{1,3})(?:[.,]([0-9]{1,2}))?")
_CHANNELS = frozenset({"", *(channel.value for channel in Channel)})


def read_figures(document: bytes) -> tuple[Figure, ...]:
    """The figures of a file.

    Raises:
        SetupError: ``series``: with the line's number, what is wrong there.
    """
    figures = _read(document, COLUMNS, _figure)
    keys = {(one.source, one.measure, one.channel, one.region, one.since, one.until) for one in figures}
    if len(keys) != len(figures):
        raise _wrong("the same source says the same thing twice")
    return figures


def read_sources(document: bytes) -> tuple[tuple[str, str, str], ...]:
    """Key, name and date of publication of each source in a file.

    Raises:
        SetupError: ``series``.
    """
    return _read(document, SOURCE_COLUMNS, _source)


def _read(document: bytes, columns: tuple[str, ...], parse: Callable[[dict[str, str]], T]) -> tuple[T, ...]:
    if len(document) > FILE_LIMIT:
        raise _wrong(f"at most {FILE_LIMIT} bytes")
    try:
        text = document.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _wrong("not UTF-8") from error
    head = text.partition("\n")[0]
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=";" if ";" in head else ",", strict=True)
    found: list[T] = []
    try:
        if tuple(rows.fieldnames or ()) != columns:
            raise _wrong(f"the columns are {','.join(columns)}")
        for row in rows:
            if None in row or None in row.values():
                raise _wrong(f"line {rows.line_num}: {len(columns)} columns are wanted")
            found.append(parse(row))
    except (ValueError, csv.Error) as error:
        raise _wrong(f"line {rows.line_num}: {error}") from error
    return tuple(found)


def _figure(row: dict[str, str]) -> Figure:
    measure, precision = PublishedMeasure(row["measure"]), Precision(row["precision"])
    number = _share if measure.is_share else _whole
    figure = Figure(
        measure=measure,
        until=row["date"],
        since=row["since"],
        channel=_one_of(row["channel"], _CHANNELS, "channel"),
        region=_one_of(row["region"], {"", *REGIONS}, "region"),
        value=number(row["value"]),
        highest=number(row["highest"]) if row["highest"] else None,
        precision=precision,
        source=_key(row["source"]),
        note=row["note"],
    )
    if last_day(figure.until) < first_day(figure.since or figure.until):
        raise ValueError("it ends before it begins")
    if (precision is Precision.RANGE) is (figure.highest is None) or (figure.highest or figure.value) < figure.value:
        raise ValueError("a range, and nothing else, has a highest, above its value")
    if len(figure.note) > _NOTE_LIMIT:
        raise ValueError(f"a note has at most {_NOTE_LIMIT} characters")
    return figure


def _source(row: dict[str, str]) -> tuple[str, str, str]:
    if not row["name"].strip():
        raise ValueError("a source has a name")
    if row["published_on"]:
        first_day(row["published_on"])
    return _key(row["key"]), row["name"].strip(), row["published_on"]


def _whole(text: str) -> int:
    if not _WHOLE.fullmatch(text):
        raise ValueError("a count is a whole number, digits only")
    return int(text)


def _share(text: str) -> int:
    found = _SHARE.fullmatch(text)
    value = int(found[1]) * PERCENT + int((found[2] or "").ljust(2, "0")) if found else WHOLE_SHARE + 1
    if value > WHOLE_SHARE:
        raise ValueError("a share is percent, 0 to 100, with at most two decimals")
    return value


def _key(text: str) -> str:
    if not _KEY.fullmatch(text):
        raise ValueError("the key of a source is capitals, digits and dashes")
    return text


def _one_of(text: str, words: frozenset[str] | set[str], what: str) -> str:
    if text not in words:
        raise ValueError(f"unknown {what}")
    return text


def _wrong(what: str) -> SetupError:
    return SetupError(f"the file of published figures cannot be read: {what}", code="series")
