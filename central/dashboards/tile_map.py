"""The map: a square for each département, overseas ones as large as the others. Pure but for its data.

The outline of a département says nothing of what is counted, and the largest ones are not those where most people
live: equal squares on a grid of our own (``tiles.json``) are honest, need no geometry of anybody's, and each can be
reached by the keyboard (docs/decisions/0032).
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources

import msgspec

from central.dashboards.wording import number
from central.devices.departements import DEPARTEMENTS, departement_name
from wire.decoders import json_decoder

CLASSES = 5
"""Shades beside the one of nothing; each holds as many départements as the others, as nearly as can be."""


class _TilesFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    about: str
    tiles: dict[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Tile:
    """A département on the grid; ``shade`` is 0 for nothing counted, else 1 (fewest) to 5."""

    code: str
    name: str
    column: int
    row: int
    shade: int
    value: str


@dataclass(frozen=True, slots=True)
class TileMap:
    """The squares by name of code, and what each shade stands for."""

    tiles: tuple[Tile, ...]
    legend: tuple[tuple[int, str], ...]


@functools.cache
def places() -> Mapping[str, tuple[int, int]]:
    """Column and row of each of the 101 départements."""
    data = resources.files("central.dashboards").joinpath("tiles.json").read_bytes()
    return json_decoder(_TilesFile).decode(data).tiles


def tile_map(counts: Mapping[str, int], codes: Sequence[str]) -> TileMap:
    """The squares of ``codes``; those of a part of the country are moved to the top left."""
    bounds = _bounds([counts.get(code, 0) for code in codes])
    grid = places()
    left, top = (min(grid[code][axis] for code in codes) - 1 for axis in (0, 1))
    tiles = tuple(
        Tile(
            code,
            departement_name(code),
            grid[code][0] - left,
            grid[code][1] - top,
            _shade(counts.get(code, 0), bounds),
            number(counts.get(code, 0)),
        )
        for code in DEPARTEMENTS
        if code in codes
    )
    return TileMap(tiles, _legend(bounds, [counts.get(code, 0) for code in codes]))


def _bounds(values: Sequence[int]) -> tuple[int, ...]:
    """The largest value of each class, ascending; equal values never fall into two classes."""
    counted = sorted(value for value in values if value > 0)
    classes = min(CLASSES, len(counted))
    return tuple(sorted({counted[len(counted) * upto // classes - 1] for upto in range(1, classes + 1)}))


def _shade(value: int, bounds: Sequence[int]) -> int:
    if value <= 0:
        return 0
    place = next(index for index, bound in enumerate(bounds) if value <= bound)
    return CLASSES - len(bounds) + place + 1


def _legend(bounds: Sequence[int], values: Sequence[int]) -> tuple[tuple[int, str], ...]:
    lines = [(0, "aucune")]
    least = min((value for value in values if value > 0), default=1)
    for index, bound in enumerate(bounds):
        said = number(bound) if least == bound else f"{number(least)} à {number(bound)}"
        lines.append((CLASSES - len(bounds) + index + 1, said))
        least = min((value for value in values if value > bound), default=bound)
    return tuple(lines)
