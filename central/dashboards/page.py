"""The table of counts as values ready to be written into the page: what was read, and how it is said. Pure."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from central.counters.models import Measure
from central.dashboards.areas import Area
from central.dashboards.goal import Goal, GoalLine, goal_line
from central.dashboards.periods import Counted, Span, day_of
from central.dashboards.queries import OfficeRow
from central.dashboards.returning import ReturnLine, return_lines
from central.dashboards.rollout.plan import Plan
from central.dashboards.rows import CountedRow, Shares, channel_rows
from central.dashboards.series import SHOWN, Grain, Point
from central.dashboards.settings import DashboardSettings
from central.dashboards.snapshot import Snapshot, View
from central.dashboards.tile_map import TileMap, tile_map
from central.dashboards.watch import WatchLine, watch_lines
from central.dashboards.wording import OFFICE_KINDS, PARIS, euros, moment_name, number
from central.devices.departements import departement_name
from central.devices.regions import REGIONS


@dataclass(frozen=True, slots=True)
class Figure:
    """A key figure; ``key`` names it for tests."""

    key: str
    label: str
    value: str
    note: str


@dataclass(frozen=True, slots=True)
class Places:
    """The next finer places: ``key`` is regions, departements or offices."""

    key: str
    title: str
    caption: str
    heading: str
    rows: tuple[CountedRow, ...]
    has_more: bool = False  # on the next sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Everything the template writes."""

    area: Area
    view: View
    as_of: str
    as_of_iso: str
    figures: tuple[Figure, ...]
    goal: GoalLine | None
    channels: tuple[CountedRow, ...]
    total: CountedRow
    watch: tuple[WatchLine, ...]
    returning: tuple[ReturnLine, ...]
    points: tuple[Point, ...]  # oldest first, as they are drawn
    drawing_says: str
    places: tuple[Places, ...]
    tile_map: TileMap | None


def present(snapshot: Snapshot, view: View, settings: DashboardSettings, plan: Plan, *, now: datetime) -> Page:
    """Put a snapshot into words and lines."""
    opened = snapshot.whole[Measure.DOSSIERS_OPENED]
    shares, today = Shares(view.span, opened), day_of(now)
    goal = _goal(snapshot.area, opened.total, settings, plan, today)
    return Page(
        area=snapshot.area,
        view=view,
        as_of=moment_name(now),
        as_of_iso=now.astimezone(PARIS).isoformat(timespec="seconds"),
        figures=_figures(snapshot),
        goal=None if goal is None else goal_line(goal, snapshot.weeks, today),
        channels=channel_rows(shares, snapshot.channels, snapshot.sub_channels),
        total=shares.row(("Total", ""), opened),
        watch=() if snapshot.watch is None else watch_lines(snapshot.watch, snapshot.whole, settings, now=now),
        returning=return_lines(snapshot.whole),
        points=snapshot.points,
        drawing_says=drawing_says(snapshot.points, view.grain),
        places=tuple(_places(snapshot, shares)),
        tile_map=_tiles(snapshot, view.span),
    )


def version_of(page: Page) -> str:
    """What two pages have in common that say the same; the time they were read at is not looked at."""
    said = repr(dataclasses.replace(page, as_of="", as_of_iso=""))
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def drawing_version(points: Sequence[Point]) -> str:
    """What two drawings have in common that are the same: a browser keeps one by it."""
    return hashlib.sha256(repr(points).encode()).hexdigest()[:16]


def drawing_says(points: Sequence[Point], grain: Grain) -> str:
    """What somebody who cannot see the drawing is told of it; the numbers stand in the table beside it."""
    highest = max(points, key=lambda point: point.opened)
    length = {Grain.DAY: "jours", Grain.WEEK: "semaines", Grain.MONTH: "mois"}[grain]
    said = f"Colonnes : dossiers ouverts sur {SHOWN[grain]} {length}, jusqu’à {points[-1].bucket.label}, en cours."  # noqa: RUF001
    if not highest.opened:
        return f"{said} Aucune ouverture."
    return f"{said} Le plus haut : {number(highest.opened)}, {highest.bucket.label}."


def _goal(area: Area, total: int, settings: DashboardSettings, plan: Plan, today: date) -> Goal | None:
    if area.region is None:
        return Goal("Objectif national", "objectif du programme", settings.target, total)
    target = None if area.departement is None else plan.target_of(area.departement, today)
    if target is None:
        return None
    return Goal("Objectif du département", plan.source_of(target), target.value, total)


def _figures(snapshot: Snapshot) -> tuple[Figure, ...]:
    def note(counted: Counted) -> str:
        today, week, month = (number(value) for value in counted.four[:3])
        return f"{today} aujourd’hui · {week} cette semaine · {month} ce mois"  # noqa: RUF001 - French

    def counted(key: str, label: str, measure: Measure) -> Figure:
        value = snapshot.whole[measure]
        return Figure(key, label, number(value.total), note(value))

    held = snapshot.whole[Measure.CENTS_HELD].total
    accrued = snapshot.whole[Measure.CENTS_ACCRUED].total
    return (
        counted("opened", "Dossiers ouverts", Measure.DOSSIERS_OPENED),
        counted("activated", "Comptes activés", Measure.ACCOUNTS_ACTIVATED),
        counted("refused", "Refus de consentement", Measure.REFUSALS),
        Figure("accrued", "Dû aux pharmacies", euros(accrued), f"{euros(held)} en attente de contrôle"),
    )


def _places(snapshot: Snapshot, shares: Shares) -> list[Places]:
    """From the coarse to the fine: each level leads to the next, as far as the area goes."""
    caption = "Dossiers ouverts, par"
    lists = []
    if snapshot.regions:
        rows = [
            shares.row((REGIONS[code], ""), counted, area={"region": code})
            for code, counted in snapshot.regions.items()
        ]
        rest = _with_rest(shares, rows)
        lists.append(Places("regions", "Par région", f"{caption} région", "Région", rest))
    if snapshot.area.departement is None:
        rows = [
            shares.row((departement_name(code), code), counted, area={"departement": code})
            for code, counted in snapshot.departements.items()
        ]
        rest = _with_rest(shares, rows)
        lists.append(Places("departements", "Par département", f"{caption} département", "Département", rest))
    else:
        rows = [_office_row(shares, office, counted) for office, counted in snapshot.offices]
        said = f"{caption} accueil de CPAM ou pharmacie"
        lists.append(Places("offices", "Par lieu", said, "Lieu", tuple(rows), snapshot.has_more_offices))
    return lists


def _office_row(shares: Shares, office: OfficeRow, counted: Counted) -> CountedRow:
    detail = f"{OFFICE_KINDS.get(office.kind, office.kind)} · {office.office_id}"
    return shares.row((office.name, detail), counted, office_id=office.office_id)


def _with_rest(shares: Shares, rows: list[CountedRow]) -> tuple[CountedRow, ...]:
    """And what lies in none of them: openings without a terminal, and collectivities that are no département."""
    rest = shares.whole.without([row.counted for row in rows])
    return (*rows, shares.row(("Sans lieu connu", "ouvertures sans borne"), rest))


def _tiles(snapshot: Snapshot, span: Span) -> TileMap | None:
    if snapshot.area.departement is not None:
        return None
    counts = {code: counted.of(span) for code, counted in snapshot.departements.items()}
    return tile_map(counts, snapshot.area.departements)
