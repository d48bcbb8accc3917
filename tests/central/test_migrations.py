"""Every step of both services' databases: up and down, empty and filled, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, MetaData, inspect, select, text

from central import schema
from central.engine import make_engine, reading
from central.partitions import comparing
from central.vault import db as vault_db
from central.vault.models import metadata as vault_metadata
from tests.central.intake_rig import ARRIVAL, IntakeRig
from tests.central.vault.site import PASSPHRASE, VaultSite
from tests.fakes.databases import empty_database_in
from tests.fakes.messenger import FakeMessenger
from wire.evidence import Contact, Question

Rows = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Service:
    """How one of the two databases is opened and moved; ``may_change``: what a step down says in older words."""

    name: str
    folder: Path
    open: Callable[[str], Engine]
    up: Callable[..., None]
    down: Callable[[Engine, str], None]
    drift: Callable[[Engine], list[object]]
    may_change: frozenset[str]

    @property
    def revisions(self) -> list[str]:
        """Oldest first."""
        steps = ScriptDirectory(str(self.folder / "migrations")).walk_revisions()
        return [step.revision for step in steps][::-1]


CENTRAL = Service(
    "central",
    Path(schema.__file__).parent,
    make_engine,
    schema.upgrade,
    schema.downgrade,
    schema.drift,
    frozenset(),
)
VAULT = Service(
    "vault",
    Path(vault_db.__file__).parent,
    vault_db.open_engine,
    vault_db.migrate,
    vault_db.migrate,
    vault_db.drift,
    frozenset({"slips.state", "dossiers.account"}),  # states that 0001 has no word for: locked there
)
both = pytest.mark.parametrize("service", [CENTRAL, VAULT], ids=lambda service: service.name)


def tables_of(engine: Engine) -> MetaData:
    """The tables as they are in the database, whatever the code says; parts of one are not tables."""
    found = MetaData()
    with reading(engine) as connection:
        is_of_its_own = comparing(connection)["include_name"]
        names = [name for name in inspect(connection).get_table_names() if is_of_its_own(name, "table", {})]
        found.reflect(connection, only=[name for name in names if name != "alembic_version"])
    return found


def contents(engine: Engine) -> Rows:
    """All rows of all tables."""
    with reading(engine) as connection:
        return {
            name: [dict(row._mapping) for row in connection.execute(select(table))]
            for name, table in tables_of(engine).tables.items()
        }


def held_alike(one: Rows, other: Rows, skip: frozenset[str] = frozenset()) -> None:
    """Every row of a table that both have stands in both, as far as the columns that both have."""
    shared = [name for name in one.keys() & other.keys() if one[name]]
    assert shared, "nothing to compare"
    for name in shared:
        columns = {column for column in one[name][0] if f"{name}.{column}" not in skip}
        columns &= {column for row in other[name][:1] for column in row}
        counted = [
            Counter(repr([row[column] for column in sorted(columns)]) for row in side[name]) for side in (one, other)
        ]
        assert counted[0] == counted[1], name


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Callable[[Service], Engine]]:
    made: list[Engine] = []

    def make(service: Service) -> Engine:
        made.append(service.open(empty_database_in(tmp_path, service.name)))
        return made[-1]

    yield make
    for engine in made:
        engine.dispose()


@pytest.fixture
def filled(tmp_path: Path) -> Iterator[Callable[[Service], Engine]]:
    made: list[IntakeRig | VaultSite] = []

    def make(service: Service) -> Engine:
        made.append(busy_central(tmp_path) if service is CENTRAL else busy_vault(tmp_path))
        return made[-1].engine

    yield make
    for one in made:
        one.close()


def busy_central(folder: Path) -> IntakeRig:
    """Openings, refusals, second ones, returns, facts that wait, things set aside."""
    rig = IntakeRig(folder / "central", shards=2)
    terminal, other = rig.terminal(), rig.terminal("T-HALL-1", at_hall=True)
    for person in range(3):
        terminal.enrol(person, accepted={Question.BREAK_GLASS: person != 1})
    terminal.refuse()
    terminal.come_back("consent_change", 1, at=ARRIVAL, accepted={Question.CENTRE_15: False})
    terminal.come_back("code_reissue", 9)
    terminal.wait_for_number()
    terminal.enrol(6, routing={"version": 9})
    rig.send(terminal)
    other.enrol(2, operator="AGENT-01", role="agent", accepted={Question.CENTRE_15: False})
    other.enrol(7, operator="NOBODY-1")
    rig.send(other)
    return rig


def busy_vault(folder: Path) -> VaultSite:
    """Dossiers active, waiting, closed and locked, with contacts, a notice, tries and an open one-time code."""
    site = VaultSite(folder / "vault", messenger=FakeMessenger())
    contact = Contact(email="marie.canari@exemple.fr")
    _, active = site.opened_dossier()
    site.activate_slip(active)
    closed, _ = site.opened_dossier()
    site.take_change(closed, is_closed=True)
    asking, _ = site.opened_dossier(contact=contact)
    site.take_change(asking, code=True)
    _, challenged = site.opened_dossier(contact=contact)
    site.activate_slip(challenged)
    _, tried = site.opened_dossier()
    site.activate(tried.locator.grouped(), "0000-0000-0000-0000", PASSPHRASE)
    return site


@both
def test_from_nothing_each_step_up_and_each_step_down_again(
    service: Service, empty: Callable[[Service], Engine]
) -> None:
    engine = empty(service)
    for revision in service.revisions:
        service.up(engine, revision)
    assert service.drift(engine) == []
    for revision in [*service.revisions[:-1][::-1], "base"]:
        service.down(engine, revision)
    assert tables_of(engine).tables.keys() == set()
    service.up(engine)
    assert service.drift(engine) == []


@both
def test_filled_each_step_down_keeps_what_the_older_shape_can_hold_and_the_step_up_gives_it_back(
    service: Service, filled: Callable[[Service], Engine]
) -> None:
    engine = filled(service)
    steps = service.revisions
    for newer, older in zip(steps[:0:-1], steps[-2::-1], strict=True):
        before = contents(engine)
        service.down(engine, older)
        down = contents(engine)
        held_alike(before, down, service.may_change)
        service.up(engine, newer)
        held_alike(down, contents(engine))
        service.down(engine, older)
        held_alike(down, contents(engine))
    service.up(engine)
    assert service.drift(engine) == []


@pytest.mark.only_on("postgresql")
@both
def test_large_tables_have_as_many_parts_as_were_asked_for_and_keep_them(
    service: Service, empty: Callable[[Service], Engine]
) -> None:
    engine = empty(service)
    service.up(engine, parts=5)
    middle = service.revisions[1]
    service.down(engine, middle)
    service.up(engine)
    metadata = schema.all_tables() if service is CENTRAL else vault_metadata
    split = {t.name for t in metadata.tables.values() if t.dialect_options["postgresql"]["partition_by"]}
    count = text(
        "SELECT inhparent::regclass::text, count(*) FROM pg_inherits JOIN pg_class ON oid = inhparent"
        " WHERE relkind = 'p' GROUP BY 1"
    )
    with reading(engine) as connection:
        assert {row[0]: row[1] for row in connection.execute(count)} == dict.fromkeys(split, 5)


@pytest.mark.only_on("postgresql")
@both
def test_no_number_is_handed_out_by_the_server(service: Service, empty: Callable[[Service], Engine]) -> None:
    """A sequence is one machine's (design.md §9)."""
    engine = empty(service)
    service.up(engine)
    with reading(engine) as connection:
        assert connection.scalar(text("SELECT count(*) FROM pg_class WHERE relkind = 'S'")) == 0
