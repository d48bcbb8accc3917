"""From what is seen of the machine to the list of its present faults. Pure.

A terminal enrols whenever it can keep a record and hand out a slip: paper that is low and a printer that says nothing
do not stop it, a printer that says no does, before the card is in and not after ninety seconds (domain/dmp.md §16 K16:
the slips are the person's only way in). No network, late sending and old settings never stop it (invariant 11).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from kiosk.enrolment.card_watch import READER_FAULTS
from kiosk.enrolment.faults import OF_PLACE, TABLE, Fault, Severity, fault_of_place, first_that_stops
from kiosk.enrolment.machine import CentralReading
from kiosk.enrolment.ports import DoubtfulSlip, NamedSlot, PrinterState, ReaderState

DISK_LOW = 200 * 1024 * 1024
"""Bytes. Still some 60,000 records, but logs and updates need room too."""

DISK_FULL = 256 * 1024
"""Bytes: room for one enrolment, its slips' outcomes and the write-ahead log's checkpoint, with a margin."""

CLOCK_DOUBTFUL = timedelta(minutes=2)
CLOCK_WRONG = timedelta(days=1)
"""From here ages and the date on the slip are another day's. Less is bounded by central (invariant 12)."""

TRUST_ENDS = timedelta(days=30)
CONFIGURATION_AGE = timedelta(days=7)
CONTACT_AGE = timedelta(days=1)
WAITING_AGE = timedelta(days=1)
WAITING_COUNT = 200
"""A whole batch (wire.batch.RECORDS_LIMIT)."""

_PRINTER = {
    PrinterState.PAPER_LOW: Fault.PAPER_LOW,
    PrinterState.PAPER_OUT: Fault.PAPER_OUT,
    PrinterState.COVER_OPEN: Fault.COVER_OPEN,
    PrinterState.OFFLINE: Fault.PRINTER_OFFLINE,
    PrinterState.UNKNOWN: Fault.PRINTER_SILENT,
}
_MAY_PRINT = frozenset({PrinterState.READY, PrinterState.PAPER_LOW, PrinterState.UNKNOWN})
_SEEN_LIVE = OF_PLACE | frozenset(READER_FAULTS.values())
_RANK = {Severity.STOPS: 0, Severity.WARNING: 1, Severity.INFO: 2}


@dataclass(frozen=True, slots=True)
class Observation:
    """The machine at one instant, aware UTC. None: not asked yet, or cannot be known; nothing is judged then.

    ``not_ready`` is the code of the NotReadyError that keeps the terminal from enrolling, ``doubtful`` the slips of
    today that failed or of which nobody knows. ``slots`` are for the panel alone: no fault comes of them.
    ``central`` is None when the terminal's own disk cannot be read.
    ``professional``: whether a professional's card lies in the second reader, None when there is no second reader.
    ``second_printer`` is the one that takes over; None when there is none.
    """

    at: datetime
    reader: ReaderState = ReaderState.EMPTY
    slots: tuple[NamedSlot, ...] = ()
    printer: PrinterState | None = None
    disk_free: int | None = None
    central: CentralReading | None = None
    not_ready: str | None = None
    doubtful: tuple[DoubtfulSlip, ...] = ()
    professional: bool | None = None
    second_printer: PrinterState | None = None

    @property
    def is_second_in_use(self) -> bool:
        """Whether slips come out of the second printer: silence of the first is reason enough where there is one."""
        is_first_well = self.printer in {None, PrinterState.READY, PrinterState.PAPER_LOW}
        return not is_first_well and self.second_printer in _MAY_PRINT


def current_faults(seen: Observation) -> tuple[Fault, ...]:
    """Every fault of the machine now, the gravest first, each once."""
    found = {
        *_place(seen),
        *_devices(seen),
        *_disk(seen.disk_free),
        *(_central(seen.central, seen.at) if seen.central is not None else ()),
    }
    order = list(Fault)
    return tuple(sorted(found, key=lambda fault: (_RANK[TABLE[fault].severity], order.index(fault))))


def closing_fault(faults: Iterable[Fault]) -> Fault | None:
    """The fault that keeps the next person from beginning, None when they may.

    Reader and place are left out: the beat sees those live, and this list is some seconds old.
    """
    return first_that_stops(fault for fault in faults if fault not in _SEEN_LIVE)


def _place(seen: Observation) -> Iterator[Fault]:
    if seen.not_ready is not None:
        yield fault_of_place(seen.not_ready)


def _devices(seen: Observation) -> Iterator[Fault]:
    if seen.reader in READER_FAULTS:
        yield READER_FAULTS[seen.reader]
    if seen.is_second_in_use:
        yield Fault.SECOND_PRINTER
    printer = seen.second_printer if seen.is_second_in_use else seen.printer
    if printer in _PRINTER:
        yield _PRINTER[printer]
    if seen.doubtful:
        yield Fault.SLIPS_IN_DOUBT


def _disk(free: int | None) -> Iterator[Fault]:
    if free is not None and free < DISK_LOW:
        yield Fault.DISK_FULL if free < DISK_FULL else Fault.DISK_LOW


def _central(told: CentralReading, at: datetime) -> Iterator[Fault]:
    yield from _sending(told, at)
    if told.clock_off is not None and abs(told.clock_off) >= CLOCK_DOUBTFUL:
        yield Fault.CLOCK_WRONG if abs(told.clock_off) >= CLOCK_WRONG else Fault.CLOCK_DOUBTFUL
    if told.trust_until is not None and told.trust_until - at < TRUST_ENDS:
        yield Fault.TRUST_EXPIRING
    if _older(told.configuration_confirmed_at, CONFIGURATION_AGE, at):
        yield Fault.CONFIGURATION_OLD


def _sending(told: CentralReading, at: datetime) -> Iterator[Fault]:
    if told.failure is not None:
        yield Fault.NETWORK if told.unreachable else Fault.CENTRAL_REFUSING
    if _older(told.last_contact_at, CONTACT_AGE, at):
        yield Fault.CONTACT_LOST
    oldest = told.oldest[0].made_at if told.oldest else None
    if told.waiting >= WAITING_COUNT or _older(oldest, WAITING_AGE, at):
        yield Fault.SENDING_LATE
    if told.dead:
        yield Fault.DEAD_LETTERS


def _older(instant: datetime | None, age: timedelta, at: datetime) -> bool:
    return instant is not None and at - instant > age
