"""What each kind of request costs central's processor, and so how many cores the whole fleet needs.

``python -m bench.opening.costs``. The app is called in this process, without gunicorn, and processor time is counted,
user and system: it says nothing about waiting for a disk, and stays the same on a crowded machine, where latencies
mean little.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bench.figures import Figure, table
from bench.opening.day import HOURLY
from bench.opening.fleet import Member, make_fleet, make_known
from bench.opening.report import asked_by_fleet
from bench.opening.serving import make_home
from bench.opening.size import DAY_OF_THE_PEAK_WEEK, FLEET, RECORDS_A_VISIT, Size
from central.app import create_app
from central.engine import make_engine
from central.keys import CentralKeys
from central.schema import upgrade
from central.settings import CentralSettings
from kiosk.sync.link import CONTENT_TYPE
from tests.fakes.terminal import fictitious_nir
from wire.configuration import Condition, ConfigurationQuery, write_configuration_query
from wire.identifiers import RecordId, milliseconds
from wire.status import write_query
from wire.trust import KeyUse

TERMINALS = 300
BUSIEST_HOUR_VISITS_S = DAY_OF_THE_PEAK_WEEK * max(HOURLY) / 100 / 3600
"""Visits a second in the busiest hour of the peak week."""


def run(terminals: int = TERMINALS) -> list[Figure]:
    """Ask everything once for each of so many terminals and say what it cost."""
    with tempfile.TemporaryDirectory(prefix="dmp-costs-") as name:
        folder = Path(name)
        keys = make_home(folder, now=datetime.now(UTC))
        size = Size(terminals=terminals, visits=0, backlog=RECORDS_A_VISIT * terminals, cut_off=1.0)
        members = make_fleet(size, keys.trust, at=datetime.now(UTC)).members
        client = _client(folder, members)
        first = _each(members, lambda one: _configuration(client, one, None))
        held = {one.made.name: _configuration(client, one, None).headers["ETag"] for one in members}
        return _figures(
            first=first,
            unchanged=_each(members, lambda one: _configuration(client, one, held[one.made.name])),
            trust=_each(members, lambda _: client.get("/v1/trust")),
            status=_each(members, lambda one: _status(client, keys, one)),
            enrolment=_each(members, lambda one: _post(client, one, one.made.made[:1])),
            slips=_each(members, lambda one: _post(client, one, one.made.made[1:])),
        )


def _client(folder: Path, members: Sequence[Member]) -> FlaskClient:
    url = f"sqlite:///{folder / 'central.db'}"
    engine = make_engine(url)
    upgrade(engine)
    make_known(engine, members)
    engine.dispose()
    return create_app(CentralSettings(home=folder / "central", database=url)).test_client()


def _each(members: Iterable[Member], ask: Callable[[Member], TestResponse]) -> float:
    """Mean processor milliseconds of one request."""
    every = list(members)
    started = time.process_time()
    answers = [ask(one) for one in every]
    spent = time.process_time() - started
    if any(answer.status_code not in {200, 304} for answer in answers):
        raise RuntimeError("central refused: the figure would mean nothing")
    return 1000 * spent / len(every)


def _configuration(client: FlaskClient, member: Member, held: str | None) -> TestResponse:
    query = ConfigurationQuery(
        terminal=member.made.name,
        asked_ms=milliseconds(datetime.now(UTC)),
        held=held,
        condition=Condition(faults=(), enrols=True),
    )
    return _send(client, "/v1/configuration", write_configuration_query(query, member.made.key))


def _status(client: FlaskClient, keys: CentralKeys, member: Member) -> TestResponse:
    now = datetime.now(UTC)
    intake = keys.trust.sealing_key(KeyUse.INTAKE)
    made, nonce = member.made, RecordId.new(now)
    return _send(client, "/v1/status", write_query(fictitious_nir(1), made.name, intake, made.key, at=now, nonce=nonce))


def _post(client: FlaskClient, member: Member, records: Sequence[bytes]) -> TestResponse:
    return _send(client, "/v1/batches", member.made.batch(records))


def _send(client: FlaskClient, path: str, body: bytes) -> TestResponse:
    return client.post(path, data=body, content_type=CONTENT_TYPE)


def _figures(
    *, first: float, unchanged: float, trust: float, status: float, enrolment: float, slips: float
) -> list[Figure]:
    configuration_s, trust_s = asked_by_fleet()
    polling = (configuration_s * unchanged + trust_s * trust) / 1000
    visits = BUSIEST_HOUR_VISITS_S * (status + enrolment + slips) / 1000
    rest = f"{configuration_s:.0f} + {trust_s:.0f} questions a second of {FLEET:,} terminals"
    return [
        Figure("configuration, first of a terminal", first, "ms", "signed, two commits"),
        Figure("configuration, unchanged (304)", unchanged, "ms", "the question signed by the simulator is in it"),
        Figure("trust bundle", trust, "ms", "no database"),
        Figure("has this person a dossier", status, "ms", "sealed by the simulator, a commit, audited"),
        Figure("batch of one enrolment", enrolment, "ms", "verified, opened, 12 rows, a commit"),
        Figure("batch of two slips' fates", slips, "ms", "verified, opened, a commit"),
        Figure("the fleet at rest", polling, "cores", rest),
        Figure("its visits in the busiest hour", visits, "cores", f"{BUSIEST_HOUR_VISITS_S:.2f} visits a second"),
    ]


if __name__ == "__main__":
    print(table(run()))
