from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, func, select

from bench.intake_speed.load import RECORDS, Sender, parts_of, rehearsed
from bench.intake_speed.rows import bare_insert
from central.counters.models import counters
from central.engine import make_engine, reading
from central.enrolments.models import dossiers, persons
from central.handover.models import outbox
from central.intake.models import chain_incidents, records
from central.intake.service import Intake
from central.ledger.models import ledger_entries
from tests.central.intake_rig import make_keys
from tests.fakes.databases import CENTRAL, database_in

TABLES = (records, dossiers, persons, ledger_entries, outbox)


def sizes(engine: Engine) -> list[int]:
    with reading(engine) as connection:
        return [connection.scalar(select(func.count()).select_from(table)) or 0 for table in TABLES]


def test_the_rows_of_a_batch_stand_a_second_time_beside_those_that_intake_wrote(tmp_path: Path) -> None:
    keys = make_keys()
    sender, url = Sender(keys, terminals=1), database_in(tmp_path, CENTRAL)
    [batch] = rehearsed(sender, sender.batches(1), keys)
    engine = make_engine(url)
    sender.register(engine)
    Intake(parts_of(engine, keys)).receive(batch.body, now=datetime.now(UTC))
    assert sizes(engine) == [RECORDS] * len(TABLES)
    with reading(engine) as connection:
        counted = connection.scalar(select(func.sum(counters.c.value))) or 0
    bare_insert(url).insert(batch.rows)()
    assert sizes(engine) == [2 * RECORDS] * len(TABLES)
    with reading(engine) as connection:
        assert connection.scalar(select(func.sum(counters.c.value))) == 2 * counted
        assert not connection.scalar(select(func.count()).select_from(chain_incidents))
    engine.dispose()
