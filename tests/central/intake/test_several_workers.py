"""Three gunicorn workers over one PostgreSQL, as in production: the same and different batches at the same instant."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import func, select, text

from central.engine import reading
from central.enrolments.models import dossiers, persons
from central.intake.models import chain_incidents, records
from central.ledger.models import ledger_entries
from central.ledger.rules import load_rules
from central.verification.service import verify_all
from tests.central.web_site import PHARMACY, CentralSite, Clock
from tests.fakes.databases import on_postgresql
from tests.fakes.terminal import FakeTerminal
from tests.waiting import wait_for
from wire import homes
from wire.batch import Outcome, open_answer
from wire.identifiers import TerminalId
from wire.trust import KeyUse, open_bundle

WORKERS, SHARDS = 3, 4
TERMINALS, BATCHES, SIZE = 6, 3, 10
SHARED = 20  # persons who are enrolled at every terminal


@pytest.fixture
def site(tmp_path: Path) -> Iterator[CentralSite]:
    with on_postgresql(wanted=True):
        central = CentralSite(tmp_path / "programme", clock=Clock(datetime.now(UTC)))
        central.fleet(PHARMACY)
        central.operator("PHARMA-01", PHARMACY.office, "pharmacist")
        yield central
        central.close()


def enrolled(site: CentralSite) -> list[FakeTerminal]:
    """Terminals with records to send; the first persons are enrolled at each of them."""
    bundle = open_bundle((site.home / homes.TRUST_BUNDLE).read_bytes(), site.root, now=site.clock.now)
    made = []
    for number in range(TERMINALS):
        terminal = FakeTerminal(f"PHARM-974-01-{number}", bundle.sealing_key(KeyUse.INTAKE), office=PHARMACY.office)
        assert site.register(site.ticket(terminal.name, PHARMACY.office), terminal.key).status_code == 200
        for place in range(BATCHES * SIZE):
            person = place if place < SHARED else 1000 * (number + 1) + place
            terminal.enrol(person, at=site.clock.now + timedelta(seconds=place))
        made.append(terminal)
    return made


@contextmanager
def gunicorn(site: CentralSite, log: Path) -> Iterator[httpx2.Client]:
    """Central's own workers on a socket; a client that reaches them."""
    socket = site.folder / "central.sock"
    command = ("gunicorn", "--bind", f"unix:{socket}", "--workers", str(WORKERS), "--threads", "4")
    settings = {
        "CENTRAL_HOME": str(site.home),
        "CENTRAL_DATABASE": site.settings.database,
        "CENTRAL_SHARDS": str(SHARDS),
    }
    with log.open("wb") as written:
        process = subprocess.Popen(
            [sys.executable, "-m", *command, "--no-control-socket", "central.wsgi:app"],
            env=os.environ | settings,
            stderr=written,
        )
    transport = httpx2.HTTPTransport(uds=str(socket), limits=httpx2.Limits(max_keepalive_connections=0))
    try:
        with httpx2.Client(transport=transport, base_url="http://localhost", timeout=60) as client:
            wait_for("the workers have started", lambda: log.read_text().count("Booting worker") == WORKERS)
            wait_for("central answers", lambda: socket.exists() and client.get("/healthz").is_success)
            yield client
    finally:
        process.terminate()
        process.wait(30)


@pytest.mark.processes
def test_what_several_workers_take_in_at_once_is_kept_once_and_chained_without_a_break(
    site: CentralSite, tmp_path: Path
) -> None:
    terminals, said, failures = enrolled(site), [], []
    in_step = threading.Barrier(2 * TERMINALS)
    answer_key = open_bundle(
        (site.home / homes.TRUST_BUNDLE).read_bytes(), site.root, now=site.clock.now
    ).verifying_key(KeyUse.ANSWER)

    def send(terminal: FakeTerminal, client: httpx2.Client) -> None:
        """Batch after batch; another thread sends each of them too, at the same instant."""
        try:
            for first in range(0, BATCHES * SIZE, SIZE):
                body = terminal.batch(terminal.made[first : first + SIZE])
                in_step.wait(60)
                answer = client.post("/v1/batches", content=body)
                assert answer.status_code == 200, answer.text
                opened = open_answer(answer.content, answer_key, terminal=TerminalId(terminal.name), batch=body)
                said.extend(outcome.outcome for outcome in opened.outcomes)
        except BaseException as error:  # noqa: BLE001 - handed to the test
            failures.append(error)
            in_step.abort()

    with gunicorn(site, tmp_path / "gunicorn.log") as client:
        threads = [threading.Thread(target=send, args=(one, client)) for one in terminals for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not failures, failures
        with reading(site.engine) as connection:
            served = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
            assert (connection.scalar(served) or 0) > WORKERS  # theirs and ours: each has worked

    many = TERMINALS * BATCHES * SIZE
    assert (said.count(Outcome.DURABLE_NEW), said.count(Outcome.DURABLE_ALREADY)) == (many, many)
    with reading(site.engine) as connection:
        found = [
            connection.scalar(select(func.count()).select_from(table))
            for table in (records, persons, dossiers, ledger_entries, chain_incidents)
        ]
    people = SHARED + TERMINALS * (BATCHES * SIZE - SHARED)
    assert found == [many, people, people, people, 0]
    report = verify_all(site.engine, shards=SHARDS, rules=load_rules())
    assert report.agrees, report.lines()
