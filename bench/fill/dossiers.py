"""Real rows by the million: records, dossiers, persons, evidence, accounts, ledger, audit, counters.

The rows are those that intake itself plans (:mod:`central.intake.planning`) and writes (:mod:`central.intake.writing`)
for records that were received, so they are what intake's would be, and ``central verify`` and ``central recount`` agree
with them; only nothing was signed, sealed or opened, and many batches share one transaction. The outbox is left empty,
as where the vault is up, and some accounts are active.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection, Engine

from bench.fill.points import Point, make_points, write_points
from bench.fill.records import Chain, RecordMaker
from central.accounts.service import AccountState
from central.audit.service import AuditEntry
from central.audit.tags import AuditTag
from central.counters.models import Measure
from central.dates import paris_day
from central.devices import registry
from central.devices.registry import Device, DeviceState
from central.engine import writing
from central.intake.planning import BatchPlan, Situation
from central.intake.sheet import Rows, Scene
from central.intake.writing import write_rows
from central.ledger.rule_book import note
from central.ledger.rules import load_rules
from wire.identifiers import milliseconds

LAUNCH = datetime(2018, 11, 6, tzinfo=UTC)
"""The programme's first day for everybody (domain/dmp.md §11)."""

UNTIL = datetime(2021, 6, 30, tzinfo=UTC)
POINTS = 25_000
_A_BATCH = 100  # openings
_A_TRANSACTION = 100  # batches
_A_POINT = 200  # openings; fewer dossiers are filled over fewer points
_REACH = timedelta(days=6)  # a batch holds the days before its arrival
_OPEN_FROM, _OPEN_HOURS = timedelta(hours=8), timedelta(hours=10)
_ACTIVE_SHARE = 0.35
_ACTIVE_AFTER = 5 * 86_400_000
_SUNDAY = 6

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Filled:
    """What was written, and in how many seconds."""

    dossiers: int
    records: int
    seconds: float


def fill(
    engine: Engine,
    *,
    dossiers: int,
    seed: int = 1,
    points: int | None = None,
    shards: int = 1,
    short_bodies: bool = False,
    say: Say = lambda _line: None,
) -> Filled:
    """Fill a migrated database with so many dossiers, opened from 2018 to 2021 at points all over the country.

    6.5 KB a dossier; a third of that with ``short_bodies``, where the sealed parts of records, which no page and no
    recount reads, are a few bytes.

    ``points``: how many offices (25,000, or fewer where they would have hardly an opening each). The same seed makes
    the same rows, so a database takes a seed once. ``say`` gets a line now and then.
    """
    places = make_points(points or max(1, min(POINTS, dossiers // _A_POINT)), seed=seed)
    filling = _Filling(places, RecordMaker(seed, short_bodies=short_bodies), seed, shards)
    started, last, done, records = time.monotonic(), 0.0, 0, 0
    with writing(engine) as connection:
        note(connection, filling.rules, now_ms=milliseconds(LAUNCH))
        write_points(connection, places, registered_ms=milliseconds(LAUNCH), now_ms=milliseconds(UNTIL))
    batches = filling.batches(dossiers)
    while done < dossiers:
        with writing(engine) as connection:
            for _, (size, arrival) in zip(range(_A_TRANSACTION), batches, strict=False):
                records += filling.write(connection, size, arrival)
                done += size
        spent = time.monotonic() - started
        if spent - last > 10 or done == dossiers:
            last = spent
            say(_how_far(done, dossiers, spent))
    return Filled(dossiers, records, time.monotonic() - started)


def _how_far(done: int, dossiers: int, spent: float) -> str:
    left = (dossiers - done) * spent / done
    return f"{done:,} of {dossiers:,} dossiers, {done / spent:,.0f}/s, {left:,.0f} s left"


class _Filling:
    """Where the filling stands: chains of terminals, whose turn it is, chance."""

    def __init__(self, points: tuple[Point, ...], maker: RecordMaker, seed: int, shards: int) -> None:
        self.rules = load_rules()
        self._shards = shards
        self._chance = random.Random(f"batches {seed}")
        self._turns = self._in_turn(list(points))
        self._maker = maker
        self._chains: dict[str, Chain] = {}

    def batches(self, dossiers: int) -> Iterator[tuple[int, datetime]]:
        """Size and arrival of every batch, spread over the years."""
        step = (UNTIL - LAUNCH - _REACH) / max(1, -(-dossiers // _A_BATCH))
        for number, start in enumerate(range(0, dossiers, _A_BATCH)):
            yield min(_A_BATCH, dossiers - start), LAUNCH + _REACH + (number + 1) * step

    def _in_turn(self, points: list[Point]) -> Iterator[Point]:
        while True:
            self._chance.shuffle(points)
            yield from points

    def write(self, connection: Connection, size: int, arrival: datetime) -> int:
        """Plan and write one batch of the terminal whose turn it is; how many records it had."""
        point = next(self._turns)
        device, scene = _device(point), self._scene(point, arrival)
        chain = self._chains.setdefault(point.place.terminal, Chain.of(point.place.terminal))
        plan = BatchPlan(Situation(device=device, known={}, standings={}, scene=scene))
        records = list(self._maker.batch(point, chain, self._moments(size, arrival)))
        for opened in records:
            plan.take(opened)
        self._activate(plan.rows)
        plan.rows.outbox.clear()  # the vault has it
        write_rows(connection, plan.rows, scene, shards=self._shards)
        registry.advance(
            connection, device.terminal_id, sequence=chain.sequence, head=chain.head, seen_ms=scene.received_ms
        )
        return len(records)

    def _scene(self, point: Point, arrival: datetime) -> Scene:
        return Scene(
            place=point.place,
            actor=f"terminal:{point.place.terminal}",
            received_ms=milliseconds(arrival),
            rules=self.rules,
            attestors=frozenset({point.operator}),
        )

    def _moments(self, size: int, arrival: datetime) -> list[int]:
        days = [arrival.date() - timedelta(days=back) for back in range(1, _REACH.days)]
        working = [day for day in days if day.weekday() != _SUNDAY]
        return sorted(self._moment(self._chance.choice(working)) for _ in range(size))

    def _moment(self, day: date) -> int:
        at = datetime(day.year, day.month, day.day, tzinfo=UTC) + _OPEN_FROM + self._chance.random() * _OPEN_HOURS
        return milliseconds(at)

    def _activate(self, rows: Rows) -> None:
        """Some holders used their code a few days later: the vault told, and central took it in."""
        changed = {standing.dossier_id for _, standing in rows.changed.values()}  # written once more, as they were
        opened_ms = {row["dossier_id"]: row["captured_ms"] for row in rows.dossiers if row["dossier_id"] not in changed}
        for account in rows.accounts:
            account["activated_on"] = None
            waits = account["state"] == AccountState.TO_ACTIVATE.value and account["dossier_id"] in opened_ms
            if not waits or self._chance.random() > _ACTIVE_SHARE:
                continue
            at_ms = opened_ms[account["dossier_id"]] + int(self._chance.random() * _ACTIVE_AFTER)
            day = paris_day(at_ms)
            account.update(state=AccountState.ACTIVE.value, activated_on=day, changed_ms=at_ms)
            rows.audit.append(AuditEntry(AuditTag.ACCOUNT_ACTIVATED, account["dossier_id"], "vault"))
            rows.tally.count(Measure.ACCOUNTS_ACTIVATED, day)


def _device(point: Point) -> Device:
    place = point.place
    return Device(
        terminal_id=place.terminal,
        office_id=place.office,
        departement=place.departement,
        region=place.region,
        channel=place.channel,
        sub_channel=place.sub_channel,
        state=DeviceState.REGISTERED,
        public_key=b"",
        registered_ms=milliseconds(LAUNCH),
        last_sequence=None,
        last_hash=None,
    )
