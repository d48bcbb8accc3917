"""YAML → scenarios, strictly: what is wrong is said with file, scenario, field and line.

``each`` of a scenario writes it out once for every word listed: ``{each}`` in its name and steps becomes that word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import yaml

from tests.scenarios.script import Scenario, ScriptFile

FOLDER = Path(__file__).parent
_PATH = re.compile(r"\.(\w+)|\[(\d+)\]")
_AT = re.compile(r" - at `(?:key` in `)?(\$[^`]*)`$")


class ScriptError(Exception):
    """A fault script that is none; the message names file, scenario, field and line."""


def all_files(folder: Path = FOLDER) -> tuple[ScriptFile, ...]:
    """Every script of the folder, in the order of the files' names.

    Raises:
        ScriptError: one of them is wrong, or two scenarios share a name.
    """
    files = tuple(read_file(path) for path in sorted(folder.glob("*.yaml")))
    names = [scenario.name for file in files for scenario in file.scenarios]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise ScriptError(f"two scenarios of one name: {', '.join(sorted(twice))}")
    return files


def read_file(path: Path) -> ScriptFile:
    """One file.

    Raises:
        ScriptError: see above.
    """
    text = path.read_text(encoding="utf-8")
    try:
        tree, said = yaml.compose(text), yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ScriptError(f"{path.name}: {error}") from None
    if not isinstance(said, dict) or not isinstance(said.get("scenarios"), list):
        raise ScriptError(f"{path.name}: a file says device, faults and scenarios")
    scenarios = [_written_out(one, path, tree, number) for number, one in enumerate(said["scenarios"])]
    said["scenarios"] = []
    try:
        head = msgspec.convert(said, ScriptFile)
        return ScriptFile(
            device=head.device, faults=head.faults, scenarios=tuple(one for group in scenarios for one in group)
        )
    except (msgspec.ValidationError, ValueError) as error:
        raise ScriptError(f"{path.name}: {error}") from None


def _written_out(said: Any, path: Path, tree: Any, number: int) -> list[Scenario]:
    try:
        return [msgspec.convert(one, Scenario) for one in _each(said)]
    except msgspec.ValidationError as error:
        message = str(error)
        found = _AT.search(message)
        field = found[1] if found else "$"
        line = _line(tree, ["scenarios", number, *_steps_of(field)])
        name = said.get("name", "?") if isinstance(said, dict) else "?"
        raise ScriptError(f"{path.name}, line {line}, {name!r}, {field}: {_AT.sub('', message)}") from None


def _each(said: Any) -> Iterator[Any]:
    if not isinstance(said, dict) or "each" not in said:
        yield said
        return
    for word in said["each"]:
        yield _filled({key: value for key, value in said.items() if key != "each"}, str(word))


def _filled(said: Any, word: str) -> Any:
    match said:
        case str():
            return said.replace("{each}", word)
        case dict():
            return {key: _filled(value, word) for key, value in said.items()}
        case list():
            return [_filled(value, word) for value in said]
        case _:
            return said


def _steps_of(field: str) -> Iterator[str | int]:
    for name, index in _PATH.findall(field):
        yield name or int(index)


def _line(node: Any, steps: list[str | int]) -> int:
    """The line of the deepest node on the way that is there."""
    for step in steps:
        match node, step:
            case yaml.SequenceNode(), int() if step < len(node.value):
                node = node.value[step]
            case yaml.MappingNode(), str():
                found = [pair for pair in node.value if pair[0].value == step]
                if not found:
                    break
                node = found[0][1]
            case _:
                break
    return int(node.start_mark.line) + 1
