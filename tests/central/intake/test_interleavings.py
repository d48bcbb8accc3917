"""Whatever order, however often, however cut: the same dossiers, the same cents (invariants 2, 8, 9)."""

from __future__ import annotations

import tempfile
import threading
from datetime import timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from central.enrolments.models import dossiers
from central.ledger.models import ledger_entries
from tests.central.intake_rig import ARRIVAL, IntakeRig
from tests.fakes.databases import examples
from tests.fakes.terminal import FakeTerminal
from wire.evidence import Question

PERSONS = st.integers(0, 4)
# (terminal, person, does the person refuse break-the-glass?); person None is a refusal of everything.
FACTS = st.lists(st.tuples(st.integers(0, 1), st.one_of(st.none(), PERSONS), st.booleans()), min_size=1, max_size=8)
# (terminal, first record, number of records), as fractions of what the terminal made: resent, reordered, cut.
SENDS = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 7), st.integers(1, 8)), max_size=8)


def make(rig: IntakeRig, facts: list[tuple[int, int | None, bool]]) -> list[FakeTerminal]:
    terminals = [rig.terminal("T-PHARM-1"), rig.terminal("T-PHARM-2")]
    for number, person, refuses in facts:
        if person is None:
            terminals[number].refuse()
        else:
            terminals[number].enrol(person, accepted={Question.BREAK_GLASS: not refuses})
    return terminals


def send_anyhow(rig: IntakeRig, terminals: list[FakeTerminal], sends: list[tuple[int, int, int]]) -> None:
    for step, (number, first, count) in enumerate(sends):
        part = terminals[number].made[first : first + count]
        if part:
            rig.send(terminals[number], *part, at=ARRIVAL + timedelta(minutes=step))
    for terminal in terminals:
        if terminal.made:
            rig.send(terminal, at=ARRIVAL + timedelta(days=30))


@settings(max_examples=examples(40), deadline=None)
@given(facts=FACTS, sends=SENDS)
def test_any_interleaving_opens_each_persons_dossier_once_and_pays_it_once(
    facts: list[tuple[int, int | None, bool]], sends: list[tuple[int, int, int]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        rig = IntakeRig(Path(folder), shards=2)
        terminals = make(rig, facts)
        send_anyhow(rig, terminals, sends)
        persons = {person for _, person, _ in facts if person is not None}
        refused = {person for _, person, refuses in facts if person is not None and refuses}
        opened = rig.rows(dossiers)
        assert len(opened) == len(persons) == rig.count(ledger_entries)
        assert sum(row.break_glass_refused for row in opened) == len(refused)
        report = rig.recount()
        assert report.agrees, report.lines()
        rig.close()


def test_workers_side_by_side_with_overlapping_batches_keep_each_record_once(rig: IntakeRig) -> None:
    terminal = rig.terminal()
    for person in range(60):
        terminal.enrol(person)
    bodies = [terminal.batch(terminal.made[start : start + 30]) for start in (0, 10, 20, 30)]
    failures: list[BaseException] = []

    def work(body: bytes) -> None:
        try:
            rig.worker().receive(body, now=ARRIVAL)
        except BaseException as error:  # noqa: BLE001 - handed to the test
            failures.append(error)

    threads = [threading.Thread(target=work, args=(body,)) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert rig.count(dossiers) == 60
    report = rig.recount()
    assert report.agrees, report.lines()
