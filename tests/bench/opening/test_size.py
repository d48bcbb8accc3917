"""How a run is measured out."""

from __future__ import annotations

import pytest

from bench.opening.__main__ import main
from bench.opening.report import asked_by_fleet
from bench.opening.size import Size


def test_a_part_of_the_fleet_brings_the_same_part_of_people_and_backlog() -> None:
    tenth = Size().share(0.1)
    assert (tenth.terminals, tenth.visits, tenth.backlog) == (2_500, 4_002, 2_000)
    assert (tenth.boot_s, tenth.day_s) == (Size().boot_s, Size().day_s)


def test_the_whole_fleet_begins_early_enough_to_have_asked_within_the_ten_minutes() -> None:
    assert Size().switched_on_within_s == 540.0
    assert Size(clocks=60.0, boot_s=2.0).switched_on_within_s == 1.0


def test_the_field_asks_for_its_configuration_five_hundred_and_fifty_five_times_a_second() -> None:
    configuration, trust = asked_by_fleet()
    assert (round(configuration), round(trust)) == (556, 37)


def test_a_database_it_does_not_know_is_refused_before_anything_is_made(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--database", "oracle"])
    assert "invalid choice" in capsys.readouterr().err
