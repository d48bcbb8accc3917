"""The fleet before it is switched on: terminals with their keys, known to central, and all records they will send.

Records are made ahead, with wire's own functions, so that sealing them takes no time from what is measured. A
terminal's records are one chain: first those of the outage, then the day's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from sqlalchemy import Engine

from bench.opening.day import Visit, visits
from bench.opening.size import RECORDS_A_VISIT, Size
from central.devices.models import devices, offices, operators
from central.engine import writing
from tests.fakes.terminal import FakeTerminal
from wire.trust import KeyUse, TrustBundle

_COUNTERS = 7  # of ten terminals; the others stand in halls (17,673 pharmacies were equipped: dmp.md)
_ROWS = 5_000  # a statement


@dataclass(frozen=True, slots=True)
class Place:
    """What differs between a counter and a hall."""

    kind: str
    channel: str
    sub_channel: str
    operator: str
    role: str


PHARMACY = Place("pharmacy", "pharmacy", "counter", "PHARMA-01", "pharmacist")
HALL = Place("cpam", "desk", "hall_terminal", "AGENT-01", "agent")


@dataclass(frozen=True, slots=True)
class Member:
    """A terminal with what it made.

    ``backlog``: how many of its first records are the outage's; ``expected``: the numbers of the people who come in
    the day.
    """

    made: FakeTerminal
    backlog: int
    expected: range


@dataclass(frozen=True, slots=True)
class Fleet:
    """All terminals, and when people come to which of them."""

    members: Sequence[Member]
    day: Sequence[Visit]

    @property
    def people(self) -> int:
        """How many enrol in all, in the outage and in the day."""
        return sum(len(member.made.made) for member in self.members) // RECORDS_A_VISIT


def place_of(number: int) -> Place:
    """Where the terminal of that number stands."""
    return PHARMACY if number % 10 < _COUNTERS else HALL


def make_fleet(size: Size, trust: TrustBundle, *, at: datetime) -> Fleet:
    """Terminals, their keys, and their records, captured from the day before ``at`` on."""
    chance = Random(size.seed)
    day = visits(size.visits, size.terminals, size.day_s, chance)
    outage = _spread(size, chance)
    came = Counter(visit.terminal for visit in day)
    intake, vault = trust.sealing_key(KeyUse.INTAKE), X25519PrivateKey.generate().public_key()
    members, people = [], 0
    for number in range(size.terminals):
        place = place_of(number)
        made = FakeTerminal(
            f"T-{number:05d}",
            intake,
            office=f"O-{number:05d}",
            channel=place.channel,
            sub_channel=place.sub_channel,
            vault=vault,
        )
        first_of_day = people + outage[number]
        for person in range(people, first_of_day + came[number]):
            _visit(made, person, place, at - timedelta(days=1) + timedelta(milliseconds=person))
        people = first_of_day + came[number]
        members.append(Member(made, RECORDS_A_VISIT * outage[number], range(first_of_day, people)))
    return Fleet(members, day)


def _spread(size: Size, chance: Random) -> list[int]:
    """How many people came to each terminal during the outage: only to those cut off, to each of them once first."""
    cut_off = chance.sample(range(size.terminals), max(1, round(size.terminals * size.cut_off)))
    coming = size.backlog // RECORDS_A_VISIT
    counts = [0] * size.terminals
    for terminal in cut_off[:coming]:
        counts[terminal] += 1
    for terminal in chance.choices(cut_off, k=max(0, coming - len(cut_off))):
        counts[terminal] += 1
    return counts


def _visit(terminal: FakeTerminal, person: int, place: Place, at: datetime) -> None:
    enrolment = terminal.enrol(person, at=at, operator=place.operator, role=place.role)
    for slip in ("A", "B"):
        terminal.settle_slip(enrolment, slip=slip, at=at)


def make_known(engine: Engine, members: Sequence[Member]) -> None:
    """Write offices, operators and terminals into central's registry, as if every terminal had registered."""
    numbered = [(number, member.made) for number, member in enumerate(members)]
    with writing(engine) as connection:
        for start in range(0, len(numbered), _ROWS):
            part = numbered[start : start + _ROWS]
            connection.execute(offices.insert(), [_office(number) for number, _ in part])
            connection.execute(operators.insert(), [_operator(number) for number, _ in part])
            connection.execute(devices.insert(), [_device(number, terminal) for number, terminal in part])


def _office(number: int) -> dict[str, Any]:
    return {
        "office_id": f"O-{number:05d}",
        "name": f"Lieu fictif {number}",
        "lines": '["1 rue de l\'Essai", "75000 Paris"]',
        "kind": place_of(number).kind,
        "departement": f"{1 + number % 19:02d}",
        "region": "11",
        "created_ms": 0,
    }


def _operator(number: int) -> dict[str, Any]:
    place = place_of(number)
    return {
        "office_id": f"O-{number:05d}",
        "operator_id": place.operator,
        "role": place.role,
        "display_name": "P. Essai",
        "pin_hash": "-",
        "created_ms": 0,
    }


def _device(number: int, terminal: FakeTerminal) -> dict[str, Any]:
    place = place_of(number)
    return {
        "terminal_id": terminal.name,
        "office_id": f"O-{number:05d}",
        "channel": place.channel,
        "sub_channel": place.sub_channel,
        "state": "registered",
        "public_key": terminal.key.public_key().public_bytes_raw(),
        "registered_ms": 0,
    }
