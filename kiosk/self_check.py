"""Is this machine ready to enrol? One finding a part, each with a sentence that says what to do.

Changes nothing but a probe file that it removes, and the papers of nobody: the printer is asked, not used.
"""

from __future__ import annotations

import os
import shutil
import stat
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from kiosk.enrolment.errors import EnrolmentError
from kiosk.enrolment.faults import Fault, fault_of_place
from kiosk.enrolment.ports import CardReader, PrinterState, ReaderState, SlipPrinter
from kiosk.enrolment.readiness import CLOCK_DOUBTFUL, CLOCK_WRONG, DISK_FULL, DISK_LOW, TRUST_ENDS
from kiosk.enrolment.upkeep import Finding, Level
from kiosk.sync.errors import SyncError
from kiosk.sync.files import replace_file
from kiosk.sync.keys import DeviceKey, open_root_key
from kiosk.sync.link import CentralLink
from kiosk.sync.server_time import ServerTime
from kiosk.sync.whereabouts import HeldWhereabouts
from wire.homes import DEVICE_KEY, ROOT_PUBLIC
from wire.identifiers import moment

_SWAPS = Path("/proc/swaps")
_READER_PATIENCE_S = 3.0  # the reader's first look at its slots
_PROBE = ".self-check"
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_OF_READER: dict[ReaderState, tuple[Level, str, Fault | None]] = {
    ReaderState.NO_SERVICE: (Level.FAULT, "The PC/SC service does not run: systemctl start pcscd.", Fault.NO_SERVICE),
    ReaderState.NO_READER: (Level.FAULT, "No card reader: plug it in, or name it with --reader.", Fault.NO_READER),
    ReaderState.EMPTY: (Level.OK, "There, and its slot is empty.", None),
    ReaderState.PRESENT: (Level.OK, "There, with a card in its slot.", None),
    ReaderState.MUTE: (Level.WARNING, "There, but the card in it does not answer: turn or clean it.", Fault.MUTE),
}
_OF_PRINTER: dict[PrinterState, tuple[Level, str, Fault | None]] = {
    PrinterState.READY: (Level.OK, "Ready.", None),
    PrinterState.PAPER_LOW: (Level.WARNING, "The paper is nearly used up: lay a new roll beside it.", Fault.PAPER_LOW),
    PrinterState.PAPER_OUT: (Level.FAULT, "No paper: put a new roll in.", Fault.PAPER_OUT),
    PrinterState.COVER_OPEN: (Level.FAULT, "The cover is open: close it.", Fault.COVER_OPEN),
    PrinterState.OFFLINE: (
        Level.FAULT,
        "Cannot be reached or is not ready: check cable, power and address.",
        Fault.PRINTER_OFFLINE,
    ),
    PrinterState.UNKNOWN: (
        Level.WARNING,
        "Says nothing of its state: slips will be printed but never confirmed.",
        Fault.PRINTER_SILENT,
    ),
}


@dataclass(frozen=True, slots=True)
class Machine:
    """What is looked at. ``whereabouts`` and ``server_time`` are None when the home is of no registered terminal."""

    home: Path
    reader: CardReader
    printer: SlipPrinter
    link: CentralLink | None
    whereabouts: HeldWhereabouts | None
    server_time: ServerTime | None
    sleep: Callable[[float], None] = time.sleep


def examine(machine: Machine) -> Iterator[Finding]:
    """Look at every part, one finding each, in the order in which a person would mend them."""
    yield _disk(machine.home)
    yield _keys(machine.home)
    yield _clock(machine.server_time)
    yield _trust(machine.whereabouts, machine.server_time)
    yield _reader(machine)
    yield _printer(machine.printer)
    yield _central(machine.link)
    yield _memory()


def _disk(home: Path) -> Finding:
    try:
        mode = home.stat().st_mode
        replace_file(home / _PROBE, os.urandom(4096))
        (home / _PROBE).unlink()
        free = shutil.disk_usage(home).free
    except OSError:
        return Finding(
            "disk", Level.FAULT, "The terminal's folder cannot be written: mount the disk, or mend it.", Fault.STORE
        )
    if mode & _OTHERS:
        return Finding("disk", Level.FAULT, "Others may read the terminal's folder: chmod 700.")
    if free < DISK_FULL:
        return Finding("disk", Level.FAULT, f"Only {free >> 10} KB are free: make room.", Fault.DISK_FULL)
    if free < DISK_LOW:
        return Finding("disk", Level.WARNING, f"Only {free >> 20} MB are free: make room.", Fault.DISK_LOW)
    return Finding("disk", Level.OK, f"Written and read; {free >> 20} MB are free.")


def _keys(home: Path) -> Finding:
    try:
        DeviceKey.open(home / DEVICE_KEY)
        open_root_key(home / ROOT_PUBLIC)
    except SyncError as error:
        return Finding("keys", Level.FAULT, f"{error}.", Fault.NOT_REGISTERED)
    return Finding("keys", Level.OK, "Device key and programme root are there, the key for this user's eyes only.")


def _clock(server_time: ServerTime | None) -> Finding:
    if server_time is None:
        return Finding("clock", Level.WARNING, "Cannot be judged before the terminal is registered.")
    off = server_time.clock_off()
    if off is not None and abs(off) >= CLOCK_DOUBTFUL:
        side = "ahead of" if off > timedelta(0) else "behind"
        sentence = f"The clock is {abs(off)} {side} the time central signed: set it."
        if abs(off) >= CLOCK_WRONG:
            return Finding("clock", Level.FAULT, sentence, Fault.CLOCK_WRONG)
        return Finding("clock", Level.WARNING, sentence, Fault.CLOCK_DOUBTFUL)
    return Finding("clock", Level.OK, f"{server_time.clock():%Y-%m-%d %H:%M} UTC, not behind the time central signed.")


def _trust(whereabouts: HeldWhereabouts | None, server_time: ServerTime | None) -> Finding:
    if whereabouts is None or server_time is None:
        sentence = "This terminal is not registered: python -m provisioning register."
        return Finding("trust", Level.FAULT, sentence, Fault.NOT_REGISTERED)
    try:
        place = whereabouts.current()
    except EnrolmentError as error:
        return Finding("trust", Level.FAULT, f"{error} ({error.code}).", fault_of_place(error.code))
    until = moment(place.trust.valid_until_ms)
    if until - server_time.now() < TRUST_ENDS:
        sentence = f"The trust bundle ends on {until:%Y-%m-%d}: central must renew it."
        return Finding("trust", Level.WARNING, sentence, Fault.TRUST_EXPIRING)
    return Finding("trust", Level.OK, f"{place.terminal} at {place.office}; trust bundle valid to {until:%Y-%m-%d}.")


def _reader(machine: Machine) -> Finding:
    ends = time.monotonic() + _READER_PATIENCE_S
    state = machine.reader.presence().state
    while state in {ReaderState.NO_SERVICE, ReaderState.NO_READER} and time.monotonic() < ends:
        machine.sleep(0.1)  # the reader looks at its slots in a thread of its own
        state = machine.reader.presence().state
    return Finding("reader", *_OF_READER[state])


def _printer(printer: SlipPrinter) -> Finding:
    return Finding("printer", *_OF_PRINTER[printer.state()])


def _central(link: CentralLink | None) -> Finding:
    if link is None:
        return Finding("central", Level.WARNING, "No usable address of central: register the terminal.")
    if link.alive():
        return Finding("central", Level.OK, "Answers.")
    return Finding("central", Level.WARNING, "Does not answer: enrolments are kept here until it does.", Fault.NETWORK)


def _memory() -> Finding:
    try:
        swaps = _SWAPS.read_text(encoding="ascii").splitlines()[1:]
    except OSError:
        swaps = []
    if swaps:
        return Finding("memory", Level.WARNING, "Swap is on: personal data may reach the disk. Switch it off.")
    return Finding("memory", Level.OK, "Swap is off.")
