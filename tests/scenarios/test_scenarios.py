"""Every scenario of the fault scripts, each on a terminal of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fakes.programme import Programme
from tests.scenarios.reading import all_files
from tests.scenarios.rig import ScenarioRig
from tests.scenarios.runner import play
from tests.scenarios.script import Scenario
from tests.scenarios.surroundings import Surroundings, disk

SCENARIOS = [scenario for file in all_files() for scenario in file.scenarios]


@pytest.fixture(scope="module")
def programme() -> Programme:
    return Programme()


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_scenario(scenario: Scenario, programme: Programme, tmp_path: Path) -> None:
    with disk(tmp_path, is_small=scenario.terminal.small_disk) as home:
        rig = ScenarioRig(Surroundings(home, scenario.terminal, programme))
        rig.start()
        try:
            play(rig, scenario)
        finally:
            rig.close()
