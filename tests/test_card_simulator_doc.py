"""docs/card-simulator.md names every field, word and example of the scenario files: what it leaves out nobody finds."""

from __future__ import annotations

import re
from enum import Enum
from pathlib import Path
from typing import get_args

import pytest
import yaml
from msgspec import Struct

from kiosk.card_reader.virtual.layout import PastEnd, SelectAnswer
from kiosk.card_reader.virtual.making import CardMaking, Emptied, Lengths, Padding, VitaleFile
from kiosk.card_reader.virtual.mishap import MishapKind
from kiosk.card_reader.virtual.scenario_file import load_scenario
from kiosk.card_reader.virtual.scenario_schema import Behaviour, Person, ScenarioFile

PAGE = (Path(__file__).parents[1] / "docs" / "card-simulator.md").read_text(encoding="utf-8")
BEHAVIOURS: tuple[type[Struct], ...] = get_args(Behaviour)


def section(title: str) -> str:
    """The text under a heading, to the next one."""
    return re.split(r"^#+ ", PAGE.split(f"{title}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]


def first_cells(text: str) -> list[str]:
    """The words in the first column of the tables."""
    return re.findall(r"^\| `([a-z_]+)` \|", text, flags=re.MULTILINE)


def test_the_fields_of_a_file_are_listed_in_their_order() -> None:
    assert first_cells(section("## A scenario file")) == list(ScenarioFile.__struct_fields__)


def test_the_ways_of_making_are_listed_in_their_order() -> None:
    assert first_cells(section("### `making`")) == list(CardMaking.__struct_fields__)


def test_the_behaviours_are_listed_each_with_its_fields() -> None:
    rows = dict(re.findall(r"^\| `([a-z_]+)` \| (.*?) \|", section("### `behaviours`"), flags=re.MULTILINE))
    said = {does: re.findall(r"`([a-z]+)`", fields) for does, fields in rows.items() if does != "does"}
    assert said == {str(one.__struct_config__.tag): list(one.__struct_fields__) for one in BEHAVIOURS}


def test_every_mishap_can_be_written_in_a_file() -> None:
    assert {str(one.__struct_config__.tag) for one in BEHAVIOURS} == {"mute", *(kind.value for kind in MishapKind)}


@pytest.mark.parametrize("words", [SelectAnswer, PastEnd, Lengths, Padding, Emptied, VitaleFile])
def test_every_word_that_a_field_takes_is_named(words: type[Enum]) -> None:
    assert [word.value for word in words if f"`{word.value}`" not in section("### `making`")] == []


def test_every_field_of_a_person_is_named() -> None:
    assert [name for name in Person.__struct_fields__ if f"`{name}`" not in section("## A scenario file")] == []


def test_the_defaults_are_those_of_the_code() -> None:
    said = re.findall(r"^\| `([a-z_]+)` \| `([a-z_0-9]+)` \|", section("### `making`"), flags=re.MULTILINE)
    published = CardMaking()
    values = {name: getattr(published, name) for name, _ in said}
    written = {name: value.value if isinstance(value, Enum) else value for name, value in values.items()}
    assert {name: yaml.safe_load(default) for name, default in said} == written


def test_the_example_of_the_page_is_a_scenario(tmp_path: Path) -> None:
    file = tmp_path / "example.yaml"
    file.write_text(PAGE.split("```yaml\n", 1)[1].split("```", 1)[0], encoding="utf-8")
    assert load_scenario(file).label == "Carte échangée pendant la lecture"
