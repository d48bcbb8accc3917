"""Every page a manager may open over forty million dossiers' counters: ``python -m bench.pages [URL]``.

Without a URL a database is made in a temporary folder: the counters of forty million dossiers at 25,000 points
(``bench.fill.counters``), and a few dossiers that are really there. With a URL the one that stands there is asked: see
``python -m bench.fill``. Pages are asked for through the whole app, session and database included, by somebody of one
region and by somebody of the whole country; p95 of the server's side. The plan of all that is asked is looked at too.
"""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path

from sqlalchemy import Engine, select

from bench.figures import Figure, percentile, table
from bench.fill.__main__ import gather_statistics
from bench.fill.counters import fill_counters
from bench.fill.dossiers import fill
from central.devices.models import devices, offices
from central.engine import reading
from central.settings import CentralSettings
from central.staff.permissions import Role
from tests.central.plans import asked_of, case_at, pages_of, scans
from tests.central.web_site import Browser, CentralSite, Clock

MOST_MS = 200.0
ROUNDS = 40
REGION = "84"
NOON = datetime(2021, 6, 30, 10, tzinfo=UTC)
"""The last day of what bench.fill makes."""

_REALLY_THERE = 20_000
_COUNTED = 40_000_000
_SHARDS = 8


@dataclass
class FullSite(CentralSite):
    """A central over a database that stands somewhere else."""

    url: str = ""

    @property
    def settings(self) -> CentralSettings:
        """The same home, the other database."""
        return CentralSettings(home=self.home, database=self.url, second_factor=False)


def run(url: str | None = None) -> list[Figure]:
    """Measure; statements that read a large table from end to end are printed, for they get slower with every year."""
    with tempfile.TemporaryDirectory(prefix="dmp-pages-") as folder:
        if url is not None:
            return _measure(FullSite(Path(folder), clock=Clock(NOON), url=url))
        site = CentralSite(Path(folder), clock=Clock(NOON))
        fill(site.engine, dossiers=_REALLY_THERE, points=25_000, shards=_SHARDS)
        fill_counters(site.engine, dossiers=_COUNTED - _REALLY_THERE, shards=_SHARDS, first_shard=_SHARDS)
        gather_statistics(site.engine)
        return _measure(site)


def _measure(site: CentralSite) -> list[Figure]:
    figures: list[Figure] = []
    engine: Engine = site.app.extensions["central"]
    scanning, arguments = 0, _arguments(engine)
    for role in (Role.REGIONAL_MANAGER, Role.AUDITOR, Role.FLEET_OPERATOR):
        name = f"BENCH-{time.time_ns()}"
        region = REGION if role is Role.REGIONAL_MANAGER else None
        site.manager(name, region, role=role)
        browser = site.browser()
        if browser.sign_in(name).status_code != HTTPStatus.SEE_OTHER:
            raise RuntimeError("nobody could sign in")
        with asked_of(engine) as heard:
            figures += [_page(browser, page, role) for page in pages_of(site.app, role, arguments)]
        found = scans(engine, heard)
        scanning += len(found)
        for line in sorted(set(found)):
            print(f"SCAN {line}")
    site.close()
    return [*figures, Figure("statements that read a large table from end to end", scanning, "", "all pages", most=0)]


def _page(browser: Browser, page: str, role: Role) -> Figure:
    spent, own = [], []
    for _ in range(ROUNDS):
        started, busy = time.perf_counter(), time.process_time()
        answer = browser.get(page)
        spent.append((time.perf_counter() - started) * 1000)
        own.append((time.process_time() - busy) * 1000)
        if answer.status_code >= HTTPStatus.BAD_REQUEST:
            raise RuntimeError(f"{page} answered {answer.status_code}: the figure would mean nothing")
    clock = f"p50 {percentile(spent, 50):.1f}, slowest {max(spent):.1f}"
    inside = f"{clock}; of the processor p95 {percentile(own, 95):.1f}; {ROUNDS} times, {len(answer.data):,} bytes"
    return Figure(f"{page}, {role.value}, p95", percentile(spent, 95), "ms", inside, most=MOST_MS)


def _arguments(engine: Engine) -> dict[str, str]:
    """What addresses of pages name: a terminal of the region, where it stands, and the region."""
    with reading(engine) as connection:
        row = connection.execute(
            select(devices.c.terminal_id, offices.c.office_id, offices.c.departement)
            .join(offices, offices.c.office_id == devices.c.office_id)
            .where(offices.c.region == REGION)
            .order_by(devices.c.terminal_id)
            .limit(1)
        ).one()
    case = case_at(engine, row.office_id)
    return {**row._mapping, "region": REGION, "case_id": case}  # noqa: SLF001 - SQLAlchemy's public name for it


if __name__ == "__main__":
    print(table(run(*sys.argv[1:2])))
