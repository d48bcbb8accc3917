"""After a power cut every slip that was under way is settled once, as unknown."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.enrolment.slip import SlipKind
from kiosk.leftovers import settle_leftovers
from tests.fakes.central_simulator import CentralSimulator
from tests.fakes.programme import PRESENT, Programme
from tests.fakes.terminal_rig import TerminalRig
from wire.facts import SlipFacts
from wire.records import RecordKind


@pytest.fixture
def central() -> CentralSimulator:
    return CentralSimulator(Programme())


@pytest.fixture
def rig(tmp_path: Path, central: CentralSimulator) -> Iterator[TerminalRig]:
    terminal = TerminalRig(central.programme.furnish(tmp_path / "home"), central.programme, central)
    yield terminal
    terminal.close()


def settle(rig: TerminalRig) -> int:
    return settle_leftovers(rig.store, rig.journal, rig.clock.now)


def test_a_slip_under_way_is_unknown_to_central_and_on_the_disk(rig: TerminalRig, central: CentralSimulator) -> None:
    (draft,) = rig.enrol()
    rig.journal.settle(draft.record_id, SlipKind.ACKNOWLEDGEMENT, 1, "printed", PRESENT)
    rig.journal.settle(draft.record_id, SlipKind.ACTIVATION, 2, "printing", PRESENT)
    rig.reopen()
    assert settle(rig) == 1
    assert rig.journal.unsettled() == ()
    rig.run()
    told = central.arrived[-1]
    assert told.item.routing.kind == RecordKind.SLIP_OUTCOME.value
    assert isinstance(told.facts, SlipFacts)
    assert (told.facts.enrolment_id, told.facts.slip, told.facts.copy_number, told.facts.result) == (
        draft.record_id.value,
        "B",
        2,
        "unknown",
    )


def test_what_is_settled_is_not_settled_again(rig: TerminalRig) -> None:
    (draft,) = rig.enrol()
    rig.journal.settle(draft.record_id, SlipKind.ACTIVATION, 1, "rendered", PRESENT)
    assert (settle(rig), settle(rig)) == (1, 0)
    assert rig.store.waiting() == 2


def test_a_terminal_that_may_not_make_records_leaves_them_for_the_next_start(rig: TerminalRig) -> None:
    (draft,) = rig.enrol()
    rig.journal.settle(draft.record_id, SlipKind.ACTIVATION, 1, "printing", PRESENT)
    rig.whereabouts.revoke()
    assert settle(rig) == 0
    assert len(rig.journal.unsettled()) == 1
