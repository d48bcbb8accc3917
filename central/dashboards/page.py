"""The table of counts as values ready to be written into the page: what is read, and how it is said. Pure.

Shares are of the openings of all time. What no known channel accounts for stands in its own line and is never spread
over the others (dmp.md §12: 2 % of June 2021 belong to nobody).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from central.counters.models import ALL_TIME, Measure
from central.dashboards.queries import LONGEST_LIST, Counts, OfficeRow, TerminalRow
from central.dashboards.returning import ReturnLine, return_lines
from central.dashboards.watch import Watch
from central.dashboards.wording import (
    CHANNEL_NAMES,
    PARIS,
    UNATTRIBUTED,
    age,
    day_name,
    euros,
    moment_name,
    number,
    share,
)
from central.devices.regions import region_name
from wire.identifiers import moment

DAYS_SHOWN = 30
SILENT_AFTER = timedelta(days=3)  # a weekend and a Monday off are not silence
_STUCK_AFTER = timedelta(minutes=15)  # a hand-over that waits longer deserves a look


@dataclass(frozen=True, slots=True)
class Periods:
    """The periods a page speaks of, as the counters name them."""

    today: str
    month: str
    days: tuple[str, ...]  # the last days, today first

    @classmethod
    def at(cls, now: datetime) -> Periods:
        """Of an instant, by the date in Paris."""
        today = now.astimezone(PARIS).date()
        days = tuple((today - timedelta(days=back)).isoformat() for back in range(DAYS_SHOWN))
        return cls(today.isoformat(), today.isoformat()[:7], days)

    @property
    def three(self) -> tuple[str, str, str]:
        """Today, this month, all time."""
        return self.today, self.month, ALL_TIME


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """All that was read for one page, in one transaction."""

    region: str | None
    scope: Counts
    scope_member: str
    channels: dict[tuple[str, str], int]
    offices: Sequence[OfficeRow]
    office_counts: Counts
    terminals: Sequence[TerminalRow]
    terminal_counts: Counts
    watch: Watch

    def total(self, measure: Measure, period: str) -> int:
        """One measure of everything one may see."""
        return self.scope.of(measure, self.scope_member, period)


@dataclass(frozen=True, slots=True)
class Figure:
    """A key figure; ``key`` names it for tests."""

    key: str
    label: str
    value: str
    note: str


@dataclass(frozen=True, slots=True)
class CountedRow:
    """A line with its three counts and its share (0 to 100 for the bar)."""

    label: str
    detail: str
    day: str
    month: str
    total: str
    share: float
    share_text: str
    muted: bool


@dataclass(frozen=True, slots=True)
class DayRow:
    """A day: openings and refusals."""

    iso: str
    label: str
    count: int
    opened: str
    refused: str


@dataclass(frozen=True, slots=True)
class TerminalLine:
    """A terminal, its counts, and its last sign of life."""

    label: str
    detail: str
    day: str
    month: str
    total: str
    last_seen: str
    silent: bool
    muted: bool


@dataclass(frozen=True, slots=True)
class WatchLine:
    """A number of things that wait; ``alert`` when somebody should look."""

    key: str
    label: str
    detail: str
    count: int
    alert: bool

    @property
    def value(self) -> str:
        """As written."""
        return number(self.count)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Everything the template writes."""

    scope: str
    as_of: str
    as_of_iso: str
    figures: tuple[Figure, ...]
    channels: tuple[CountedRow, ...]
    total: CountedRow
    watch: tuple[WatchLine, ...]
    returning: tuple[ReturnLine, ...]
    days: tuple[DayRow, ...]
    offices: tuple[CountedRow, ...]
    offices_note: str
    terminals: tuple[TerminalLine, ...]
    terminals_note: str


def present(snapshot: Snapshot, periods: Periods, *, now: datetime) -> Page:
    """Put a snapshot into words and columns."""
    whole = snapshot.total(Measure.DOSSIERS_OPENED, ALL_TIME)
    counts = [snapshot.total(Measure.DOSSIERS_OPENED, period) for period in periods.three]
    return Page(
        scope=region_name(snapshot.region),
        as_of=moment_name(now),
        as_of_iso=now.astimezone(PARIS).isoformat(timespec="seconds"),
        figures=_figures(snapshot, periods),
        channels=_channels(snapshot, periods, whole),
        total=_counted(("Total", ""), counts, whole),
        watch=_watch(snapshot, now),
        returning=return_lines(snapshot.total, periods.three),
        days=tuple(_day(snapshot, day) for day in periods.days),
        offices=tuple(
            _counted(
                (office.name, f"{office.office_id} · {office.departement}"),
                [snapshot.office_counts.of(Measure.DOSSIERS_OPENED, office.office_id, at) for at in periods.three],
                whole,
            )
            for office in snapshot.offices[:LONGEST_LIST]
        ),
        offices_note=_note(snapshot.offices),
        terminals=tuple(_terminal(snapshot, row, periods, now) for row in snapshot.terminals[:LONGEST_LIST]),
        terminals_note=_note(snapshot.terminals),
    )


def _figures(snapshot: Snapshot, periods: Periods) -> tuple[Figure, ...]:
    def figures(measure: Measure) -> tuple[int, int, int]:
        today, month, whole = (snapshot.total(measure, period) for period in periods.three)
        return today, month, whole

    def counted(key: str, label: str, measure: Measure) -> Figure:
        today, month, whole = figures(measure)
        return Figure(key, label, number(whole), f"{number(today)} aujourd’hui, {number(month)} ce mois")  # noqa: RUF001 - French

    accrued = figures(Measure.CENTS_ACCRUED)[2]
    held = figures(Measure.CENTS_HELD)[2]
    return (
        counted("opened", "Dossiers ouverts", Measure.DOSSIERS_OPENED),
        counted("activated", "Comptes activés", Measure.ACCOUNTS_ACTIVATED),
        counted("refused", "Refus de consentement", Measure.REFUSALS),
        Figure("accrued", "Dû aux pharmacies", euros(accrued), f"{euros(held)} en attente de contrôle"),
    )


def _channels(snapshot: Snapshot, periods: Periods, whole: int) -> tuple[CountedRow, ...]:
    rows = []
    left = [snapshot.total(Measure.DOSSIERS_OPENED, period) for period in periods.three]
    for channel, label in CHANNEL_NAMES.items():
        counts = [snapshot.channels.get((channel.value, period), 0) for period in periods.three]
        left = [rest - count for rest, count in zip(left, counts, strict=True)]
        rows.append(_counted(label, counts, whole))
    return (*rows, _counted(UNATTRIBUTED, left, whole))


def _counted(label: tuple[str, str], counts: Sequence[int], whole: int) -> CountedRow:
    today, month, total = counts
    return CountedRow(
        label=label[0],
        detail=label[1],
        day=number(today),
        month=number(month),
        total=number(total),
        share=round(100 * total / whole, 2) if whole > 0 else 0.0,
        share_text=share(total, whole),
        muted=total == 0,
    )


def _day(snapshot: Snapshot, day: str) -> DayRow:
    opened = snapshot.total(Measure.DOSSIERS_OPENED, day)
    refused = snapshot.total(Measure.REFUSALS, day)
    return DayRow(day, day_name(date.fromisoformat(day)), opened, number(opened), number(refused))


def _terminal(snapshot: Snapshot, row: TerminalRow, periods: Periods, now: datetime) -> TerminalLine:
    today, month, total = (
        snapshot.terminal_counts.of(Measure.DOSSIERS_OPENED, row.terminal_id, period) for period in periods.three
    )
    since = None if row.last_seen_ms is None else now - moment(row.last_seen_ms)
    return TerminalLine(
        label=row.terminal_id,
        detail=row.office_name,
        day=number(today),
        month=number(month),
        total=number(total),
        last_seen="jamais" if since is None else age(since),
        silent=since is not None and since > SILENT_AFTER,
        muted=since is None,
    )


def _watch(snapshot: Snapshot, now: datetime) -> tuple[WatchLine, ...]:
    watch = snapshot.watch
    waits = "transmission à l’hébergeur"  # noqa: RUF001 - French
    stuck = False
    if watch.oldest_waiting_ms is not None:
        waited = now - moment(watch.oldest_waiting_ms)
        waits, stuck = f"{waits}, depuis {age(waited).removeprefix('il y a ')}", waited > _STUCK_AFTER
    return (
        WatchLine("outbox", "Remises en attente", waits, watch.handovers_waiting, stuck),
        WatchLine("outbox_refused", "Remises refusées", "par l’hébergeur", watch.handovers_refused, True),  # noqa: RUF001
        WatchLine("quarantined", "Quarantaine", "enregistrements mis de côté", watch.quarantined, True),
        WatchLine("incidents", "Incidents de chaîne", "trous, bifurcations, altérations", watch.chain_incidents, True),
        WatchLine(
            "silent", "Bornes muettes", f"depuis plus de {SILENT_AFTER.days} jours", watch.silent_terminals, True
        ),
        WatchLine("numbers", "Numéros à trouver", "enfants sans numéro, demandes gardées", watch.without_number, True),
        WatchLine(
            "second",
            "Secondes inscriptions",
            "même personne : rien n’a été rouvert",  # noqa: RUF001 - French
            snapshot.total(Measure.SECOND_ENROLMENTS, ALL_TIME),
            False,
        ),
    )


def _note(rows: Sequence[object]) -> str:
    return "" if len(rows) <= LONGEST_LIST else f" (les {LONGEST_LIST} premiers)"
