"""The counter's day and month as figures: openings by hour and kind, what is still to send, what was earned. Pure.

Source: domain/dmp.md §16 P12 ("counter visible, no patient names in the total"). Nothing here is of a person: hours,
kinds, counts, whole cents. Refusals are left out: they are counted for the programme, not shown to who was refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from kiosk.enrolment.desks import MonthFigures
from kiosk.enrolment.ports import DoubtfulSlip, KeptRecord
from kiosk.enrolment.rules import PARIS
from kiosk.enrolment.slip import SlipKind
from wire.records import RecordKind

SHOWN_KINDS = (
    RecordKind.ENROLMENT,
    RecordKind.REACTIVATION,
    RecordKind.CODE_REISSUE,
    RecordKind.CONSENT_CHANGE,
    RecordKind.CONTACT_CHANGE,
    RecordKind.CLOSURE_REQUEST,
    RecordKind.OPPOSITION,
)
"""In the order of the columns; openings stand there always, the others on days that have some."""


@dataclass(frozen=True, slots=True)
class HourRow:
    """What was done from ``hour`` to the next one, in France; one count a kind of the sheet."""

    hour: int
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DaySheet:
    """The figures of the page. ``missing`` counts the slips of today that nobody surely has, by kind."""

    kinds: tuple[RecordKind, ...]
    hours: tuple[HourRow, ...]
    totals: tuple[int, ...]
    waiting: int
    missing: tuple[tuple[SlipKind, int], ...]
    month: MonthFigures | None


def day_sheet(
    kept: Iterable[KeptRecord], doubtful: Iterable[DoubtfulSlip], waiting: int, month: MonthFigures | None
) -> DaySheet:
    """The sheet of the records of one calendar day in France."""
    counted = Counter((one.at.astimezone(PARIS).hour, one.kind) for one in kept if one.kind in SHOWN_KINDS)
    done = {kind for _, kind in counted} | {RecordKind.ENROLMENT}
    kinds = tuple(kind for kind in SHOWN_KINDS if kind in done)
    hours = sorted({hour for hour, _ in counted})
    rows = tuple(HourRow(hour, tuple(counted[hour, kind] for kind in kinds)) for hour in hours)
    slips = Counter(slip.kind for slip in doubtful)
    return DaySheet(
        kinds=kinds,
        hours=rows,
        totals=tuple(sum(row.counts[column] for row in rows) for column in range(len(kinds))),
        waiting=waiting,
        missing=tuple((kind, slips[kind]) for kind in SlipKind if slips[kind]),
        month=month,
    )
