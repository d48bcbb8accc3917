"""Made-up offices in every département, overseas among them, each with one terminal and one operator who attests."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Table

from central.counters.tally import Place
from central.devices.departements import DEPARTEMENTS
from central.devices.models import devices, offices, operators
from central.devices.registry import DeviceState
from central.engine import insert_into

PHARMACY, DESK = "pharmacy", "desk"
_HALLS_EVERY = 8  # one point in eight is a hall of the CPAM
_PORTION = 5_000
_SILENT_SHARE = 0.04
_DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Point:
    """One office with its terminal."""

    number: int
    place: Place

    @property
    def is_pharmacy(self) -> bool:
        """Whether its openings are paid."""
        return self.place.channel == PHARMACY

    @property
    def operator(self) -> tuple[str, str]:
        """Who attests there, and in which role."""
        return ("PHARMA-01", "pharmacist") if self.is_pharmacy else ("AGENT-01", "agent")


def make_points(count: int, *, seed: int) -> tuple[Point, ...]:
    """So many points, the first 101 in a département each; their names sort as their numbers do."""
    chance = random.Random(f"points {seed}")
    first = sorted(DEPARTEMENTS)
    codes = [*first[:count], *(chance.choice(first) for _ in range(count - len(first)))]
    return tuple(_point(number, code) for number, code in enumerate(codes))


def _point(number: int, departement: str) -> Point:
    is_hall = number % _HALLS_EVERY == 0
    return Point(
        number,
        Place(
            channel=DESK if is_hall else PHARMACY,
            sub_channel="hall_terminal" if is_hall else "counter",
            region=DEPARTEMENTS[departement].region,
            departement=departement,
            office=f"F-{number:05d}",
            terminal=f"T-{number:05d}",
        ),
    )


def write_points(connection: Connection, points: Sequence[Point], *, registered_ms: int, now_ms: int) -> None:
    """Write offices, operators and devices; those that are there already stay as they are.

    Nobody holds the terminals' keys: their public halves are hashes of their names. One in 25 has long been silent.
    """
    _put(connection, offices, [_office(point, registered_ms) for point in points])
    _put(connection, operators, [_operator(point, registered_ms) for point in points])
    chance = random.Random("last seen")
    _put(connection, devices, [_device(point, registered_ms, _last_seen(chance, now_ms)) for point in points])


def _put(connection: Connection, table: Table, rows: list[dict[str, object]]) -> None:
    insert = insert_into(connection, table).on_conflict_do_nothing()
    for start in range(0, len(rows), _PORTION):
        connection.execute(insert, rows[start : start + _PORTION])


def _last_seen(chance: random.Random, now_ms: int) -> int:
    days = chance.uniform(3, 60) if chance.random() < _SILENT_SHARE else chance.uniform(0, 1)
    return now_ms - int(days * _DAY_MS)


def _office(point: Point, created_ms: int) -> dict[str, object]:
    kind, name = ("pharmacy", "Pharmacie") if point.is_pharmacy else ("cpam", "CPAM, accueil")
    return {
        "office_id": point.place.office,
        "name": f"{name} {point.number:05d}",
        "lines": "[]",
        "kind": kind,
        "departement": point.place.departement,
        "region": point.place.region,
        "created_ms": created_ms,
    }


def _operator(point: Point, created_ms: int) -> dict[str, object]:
    name, role = point.operator
    return {
        "office_id": point.place.office,
        "operator_id": name,
        "role": role,
        "display_name": "P. Essai",
        "pin_hash": "-",
        "created_ms": created_ms,
    }


def _device(point: Point, registered_ms: int, last_seen_ms: int) -> dict[str, object]:
    return {
        "terminal_id": point.place.terminal,
        "office_id": point.place.office,
        "channel": point.place.channel,
        "sub_channel": point.place.sub_channel,
        "state": DeviceState.REGISTERED.value,
        "public_key": hashlib.sha256(point.place.terminal.encode()).digest(),
        "registered_ms": registered_ms,
        "last_seen_ms": last_seen_ms,
    }
