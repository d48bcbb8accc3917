"""Scenario files: YAML that says who is on a virtual card, how it is made, how fast, and what goes wrong.

The schema is ``scenario_schema``. Read with PyYAML's safe loader and converted strictly: what is wrong is an error that
names the field. Files are of this machine and of fictitious people; the limits only keep mistakes small.
"""

from __future__ import annotations

import functools
from collections.abc import Hashable
from importlib import resources
from pathlib import Path
from typing import Any

import msgspec
import yaml

from kiosk.card_reader.errors import ScenarioError, UnknownCardError
from kiosk.card_reader.virtual.invented import invented_people
from kiosk.card_reader.virtual.line import NO_DELAY
from kiosk.card_reader.virtual.making import PUBLISHED, VirtualPerson
from kiosk.card_reader.virtual.mishap import Mishap, MishapKind
from kiosk.card_reader.virtual.people import CardKind, VirtualCard, card_of
from kiosk.card_reader.virtual.scenario import Scenario, plain
from kiosk.card_reader.virtual.scenario_schema import (
    Confused,
    Cut,
    Hang,
    Mute,
    Person,
    Pull,
    Reset,
    ScenarioFile,
    Swap,
    WrongStatus,
)
from wire.decoders import convert

SHIPPED = "scenarios"  # the folder beside this file
SUFFIX = ".yaml"
MOST_BYTES = 256 * 1024  # of one file: a whole card in hexadecimal, and room
MOST_SWAPS = 4  # one card after another; more is a circle

_ATR_OF_A_VITALE_2 = bytes.fromhex("3B751300004409EA9000")
_SERIAL = bytes.fromhex("80250990000000009999")
_VALID_FROM = "20190401"


def load_scenario(path: Path) -> Scenario:
    """Read one file.

    Raises:
        ScenarioError: it cannot be read, or does not say what it must; names file and field.
    """
    return _Reader(path.parent).load(path.stem, path, MOST_SWAPS)


@functools.cache
def shipped_scenarios() -> tuple[Scenario, ...]:
    """The examples beside this file, by the name of their file."""
    with resources.as_file(resources.files(__package__).joinpath(SHIPPED)) as folder:
        return tuple(load_scenario(path) for path in sorted(folder.glob(f"*{SUFFIX}")))


def scenario_named(name: str) -> Scenario:
    """One of the examples.

    Raises:
        UnknownCardError: there is none of that name.
    """
    for scenario in shipped_scenarios():
        if scenario.name == name:
            return scenario
    raise UnknownCardError(f"no scenario of that name; there are: {', '.join(one.name for one in shipped_scenarios())}")


class _Reader:
    """Reads files of one folder; ``swap to`` is looked for there, then in the deck."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self, name: str, path: Path, swaps_left: int) -> Scenario:
        file = _decoded(path)
        try:
            return self._scenario(name, file, swaps_left)
        except ScenarioError as wrong:
            raise ScenarioError(f"{path.name}: {wrong}") from wrong.__cause__

    def _scenario(self, name: str, file: ScenarioFile, swaps_left: int) -> Scenario:
        card = _card(name, file)
        swaps = [one for one in file.behaviours if isinstance(one, Swap)]
        if len(swaps) > 1:
            raise ScenarioError("behaviours: only one swap, for after it the card is out")
        return Scenario(
            name=name,
            label=file.title,
            hint=file.hint,
            card=card,
            mishaps=tuple(_mishap(one) for one in file.behaviours if not isinstance(one, Mute)),
            is_mute=card.kind is CardKind.MUTE or any(isinstance(one, Mute) for one in file.behaviours),
            line_speed=NO_DELAY if file.line == "none" else file.line,
            successor=self._successor(swaps[0].to, swaps_left) if swaps else None,
        )

    def _successor(self, to: str, swaps_left: int) -> Scenario:
        if not swaps_left:
            raise ScenarioError("behaviours: the swaps go in a circle")
        beside = self._folder / f"{to}{SUFFIX}"
        if "/" not in to and beside.is_file():
            return self.load(to, beside, swaps_left - 1)
        try:
            return plain(card_of(to))
        except UnknownCardError as unknown:
            raise ScenarioError(f"behaviours: swap to {to}: no such file beside this one, no such card") from unknown


def _decoded(path: Path) -> ScenarioFile:
    try:
        content = path.read_bytes()
        if len(content) > MOST_BYTES:
            raise ScenarioError(f"{path.name}: larger than {MOST_BYTES} bytes")
        return convert(yaml.load(content, _StrictLoader), ScenarioFile)  # noqa: S506 - a safe loader, see there
    except OSError as error:
        raise ScenarioError(f"{path.name}: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise ScenarioError(f"{path.name}: not YAML: {error}") from error
    except msgspec.ValidationError as error:
        raise ScenarioError(f"{path.name}: {_naming_the_field(str(error))}") from error


def _naming_the_field(message: str) -> str:
    """The sentence of msgspec with the field in front of it."""
    sentence, _, place = message.partition(" - at `$")
    place = place.rstrip("`").lstrip(".")
    quoted = " (write it between quotes)" if "Expected `str" in sentence and "got `str`" not in sentence else ""
    return f"{place}: {sentence}{quoted}" if place else sentence + quoted


def _card(name: str, file: ScenarioFile) -> VirtualCard:
    who = [one for one in (file.card, file.persons, file.invented_persons) if one is not None]
    if len(who) != 1:
        raise ScenarioError("exactly one of card, persons and invented_persons must be there")
    base = _base(name, file)
    if base.kind is not CardKind.VITALE_2 and file.making != PUBLISHED:
        raise ScenarioError("making: only a Vitale 2 is made in different ways")
    return VirtualCard(
        card_id=name,
        label=file.title,
        hint=file.hint,
        kind=base.kind,
        atr=base.atr if file.atr is None else bytes.fromhex(file.atr),
        serial=base.serial if file.serial is None else bytes.fromhex(file.serial),
        valid_from=base.valid_from if file.valid_from is None else file.valid_from,
        persons=base.persons,
        making=file.making,
    )


def _base(name: str, file: ScenarioFile) -> VirtualCard:
    if file.card is not None:
        try:
            return card_of(file.card)
        except UnknownCardError as unknown:
            raise ScenarioError(f"card: {unknown}") from unknown
    persons = invented_people(file.invented_persons or 0) if file.persons is None else _people(file.persons)
    return VirtualCard(
        name, file.title, file.hint, CardKind.VITALE_2, _ATR_OF_A_VITALE_2, _SERIAL, _VALID_FROM, persons
    )


def _people(entries: list[Person]) -> tuple[VirtualPerson, ...]:
    for at, entry in enumerate(entries):
        for field, text in msgspec.structs.asdict(entry).items():
            try:
                text.encode("ascii" if field == "number" else "iso8859-1")
            except UnicodeEncodeError as error:
                raise ScenarioError(f"persons[{at}].{field}: a card cannot hold {text[error.start]!r}") from error
    return tuple(VirtualPerson(**msgspec.structs.asdict(entry)) for entry in entries)


def _mishap(behaviour: Pull | Swap | Hang | Cut | Confused | WrongStatus | Reset) -> Mishap:
    kind = MishapKind(behaviour.__struct_config__.tag)
    if isinstance(behaviour, Hang):
        return Mishap(kind, behaviour.at, seconds=behaviour.seconds)
    if isinstance(behaviour, WrongStatus):
        return Mishap(kind, behaviour.at, status=int(behaviour.status, 16))
    return Mishap(kind, behaviour.at)


class _StrictLoader(yaml.SafeLoader):
    """PyYAML's safe loader, which also refuses a key that stands twice: the first would be lost in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.value in seen:
                problem = f"{key.value} stands twice" if isinstance(key, yaml.ScalarNode) else "a key must be a word"
                raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)
