"""From what is seen of the machine to the lines of the agent's panel: part, level, word, values. Pure.

Values are rounded, so that the panel is drawn anew when something happened and not because a second went by.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from kiosk.enrolment.faults import TABLE, Fault, Severity
from kiosk.enrolment.machine import CentralReading
from kiosk.enrolment.ports import PrinterState
from kiosk.enrolment.readiness import CLOCK_DOUBTFUL, Observation, current_faults
from kiosk.enrolment.rules import PARIS
from kiosk.enrolment.upkeep import Level

_LEVEL_OF = {Severity.INFO: Level.WARNING, Severity.WARNING: Level.WARNING, Severity.STOPS: Level.FAULT}
_MB, _GB = 1 << 20, 1 << 30
_PARTS: dict[str, frozenset[Fault]] = {
    "place": frozenset({Fault.NOT_READY, Fault.REVOKED, Fault.NOT_REGISTERED, Fault.TRUST_EXPIRED}),
    "reader": frozenset({Fault.NO_READER, Fault.NO_SERVICE}),
    "professional": frozenset(),
    "printer": frozenset({Fault.SECOND_PRINTER}),
    "second_printer": frozenset(),
    "disk": frozenset({Fault.DISK_LOW, Fault.DISK_FULL}),
    "clock": frozenset({Fault.CLOCK_DOUBTFUL, Fault.CLOCK_WRONG}),
    "network": frozenset({Fault.NETWORK, Fault.CENTRAL_REFUSING, Fault.CONTACT_LOST}),
    "records": frozenset({Fault.SENDING_LATE, Fault.DEAD_LETTERS}),
    "trust": frozenset({Fault.TRUST_EXPIRING}),
    "configuration": frozenset({Fault.CONFIGURATION_OLD}),
    "slips": frozenset({Fault.SLIPS_IN_DOUBT}),
}
_OF_PAPER = frozenset({Fault.PAPER_LOW, Fault.PAPER_OUT, Fault.COVER_OPEN, Fault.PRINTER_OFFLINE, Fault.PRINTER_SILENT})
"""Of the printer that is in use, whichever that is."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line: ``state`` names the word ``panel.<part>.<state>`` of the screens, ``values`` are put into it.

    ``at`` is put in as well; it moves every minute, and two rows that differ in it only are equal. ``name`` is the
    device's own, where a part has several; else the part has a word for its name.
    """

    part: str
    level: Level
    state: str
    values: dict[str, Any] = field(default_factory=dict)
    at: str = field(default="", compare=False)
    faults: tuple[Fault, ...] = ()
    name: str = ""


@dataclass(frozen=True, slots=True)
class _Word:
    state: str
    values: dict[str, Any] = field(default_factory=dict)
    at: str = ""
    level: Level = Level.OK  # where no fault says more


def rows_of(seen: Observation) -> tuple[Row, ...]:
    """The panel's lines, in the order in which a person would mend the parts."""
    faults = current_faults(seen)
    words = {
        "place": _place(seen),
        "reader": _Word(seen.reader.value),
        **_professional(seen.professional),
        "printer": _Word("unasked" if seen.printer is None else seen.printer.value),
        **_second_printer(seen.second_printer),
        "disk": _disk(seen.disk_free),
        "slips": _Word("doubtful" if seen.doubtful else "fine", {"number": len(seen.doubtful)}),
        **_of_central(seen.central),
    }
    owners = dict(_PARTS)
    in_use = "second_printer" if seen.is_second_in_use else "printer"
    owners[in_use] |= _OF_PAPER
    rows = []
    for part in (one for one in _PARTS if one in words):
        rows.append(_row(part, words[part], faults, owners[part]))
        rows += _slots(seen) if part == "reader" else ()
    return tuple(rows)


def _slots(seen: Observation) -> list[Row]:
    return [Row("slot", Level.OK, slot.holds.value, name=slot.name) for slot in seen.slots]


def _row(part: str, word: _Word, faults: Iterable[Fault], owned: frozenset[Fault]) -> Row:
    own = tuple(fault for fault in faults if fault in owned)
    level = _LEVEL_OF[TABLE[own[0]].severity] if own else word.level
    return Row(part, level, word.state, word.values, word.at, own)


def _place(seen: Observation) -> _Word:
    return _Word("ready") if seen.not_ready is None else _Word("closed", {"code": seen.not_ready})


def _professional(has_card: bool | None) -> dict[str, _Word]:
    return {} if has_card is None else {"professional": _Word("card" if has_card else "none")}


def _second_printer(state: PrinterState | None) -> dict[str, _Word]:
    if state is None:
        return {}
    return {"second_printer": _Word(state.value, level=Level.OK if state is PrinterState.READY else Level.WARNING)}


def _disk(free: int | None) -> _Word:
    if free is None:
        return _Word("unknown")
    if free < _GB:
        return _Word("megabytes", {"number": free // _MB})
    return _Word("gigabytes", {"number": free // _GB})


def _of_central(told: CentralReading | None) -> dict[str, _Word]:
    if told is None:
        return {"records": _Word("unknown")}
    return {
        "clock": _clock(told.clock_off),
        "network": _network(told),
        "records": _Word("waiting" if told.waiting else "none", {"number": told.waiting, "dead": len(told.dead)}),
        "trust": _trust(told.trust_until),
        "configuration": _configuration(told),
    }


def _clock(off: timedelta | None) -> _Word:
    if off is None:
        return _Word("unknown")
    if abs(off) < CLOCK_DOUBTFUL:
        return _Word("right")
    return _Word("ahead" if off > timedelta(0) else "behind", {"minutes": abs(off) // timedelta(minutes=1)})


def _network(told: CentralReading) -> _Word:
    at = _moment(told.last_contact_at)
    if told.failure is not None:
        return _Word("failing", {"code": told.failure}, at)
    return _Word("never" if told.last_contact_at is None else "well", {}, at)


def _trust(until: datetime | None) -> _Word:
    return _Word("unknown", level=Level.WARNING) if until is None else _Word("until", {"day": _day(until)})


def _configuration(told: CentralReading) -> _Word:
    if told.configuration_version is None:
        return _Word("unknown", level=Level.WARNING)
    number: dict[str, Any] = {"number": told.configuration_version}
    if told.configuration_confirmed_at is None:
        return _Word("unconfirmed", number)
    return _Word("confirmed", number, _moment(told.configuration_confirmed_at))


def _day(at: datetime) -> str:
    return f"{at.astimezone(PARIS):%d/%m/%Y}"


def _moment(at: datetime | None) -> str:
    return "—" if at is None else f"{at.astimezone(PARIS):%d/%m %H:%M}"
