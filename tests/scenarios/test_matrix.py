"""docs/fault-scripts.md keeps step with the script files and with what they may say."""

from __future__ import annotations

import msgspec
import pytest

from tests.scenarios import script
from tests.scenarios.matrix import PAGE, matrix, page_with
from tests.scenarios.reading import all_files

TEXT = PAGE.read_text(encoding="utf-8")
FILES = all_files()
PARTS = (
    script.ScriptFile,
    script.Scenario,
    script.Site,
    script.Answers,
    script.Deed,
    script.Insertion,
    script.Touched,
    script.Trouble,
    script.PrinterFault,
    script.ReaderFault,
    script.Seen,
    script.OnDisk,
)


def test_the_matrix_is_that_of_the_files() -> None:
    assert page_with(TEXT, matrix(FILES)) == TEXT, "run .venv/bin/python -m tests.scenarios.matrix"


def test_there_are_at_least_sixty_scenarios() -> None:
    assert sum(len(file.scenarios) for file in FILES) >= 60


def test_every_phase_of_a_visit_is_struck() -> None:
    assert {scenario.phase for file in FILES for scenario in file.scenarios} == set(script.Phase)


def test_every_fault_of_a_file_is_played() -> None:
    played = {(file.device, scenario.fault) for file in FILES for scenario in file.scenarios}
    assert {(file.device, fault) for file in FILES for fault in file.faults} == played


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.__name__)
def test_every_field_is_explained(part: type[msgspec.Struct]) -> None:
    assert [name for name in part.__struct_fields__ if f"`{name}`" not in TEXT] == []


def test_every_moment_and_repair_is_explained() -> None:
    words = [one.value for kind in (script.Moment, script.Repair, script.Phase) for one in kind]
    assert [word for word in words if f"`{word}`" not in TEXT] == []
