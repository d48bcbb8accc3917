"""Is this machine ready to enrol? One finding a part, each with a sentence that says what to do.

Changes nothing but a probe file that it removes, and the papers of nobody: the printer is asked, not used.
"""

from __future__ import annotations

import enum
import os
import shutil
import stat
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from kiosk.enrolment.errors import EnrolmentError
from kiosk.enrolment.ports import CardReader, PrinterState, ReaderState, SlipPrinter
from kiosk.sync.errors import SyncError
from kiosk.sync.files import replace_file
from kiosk.sync.keys import DeviceKey, open_root_key
from kiosk.sync.link import CentralLink
from kiosk.sync.server_time import ServerTime
from kiosk.sync.whereabouts import HeldWhereabouts
from wire.homes import DEVICE_KEY, ROOT_PUBLIC
from wire.identifiers import moment

DISK_FREE_BYTES = 200 * 1024 * 1024
"""Below this the disk is called nearly full: still some 60,000 records, but logs and updates need room too."""

CLOCK_SLACK = timedelta(minutes=2)
TRUST_WARNING = timedelta(days=30)
_SWAPS = Path("/proc/swaps")
_READER_PATIENCE_S = 3.0  # the reader's first look at its slots
_PROBE = ".self-check"
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class Level(enum.Enum):
    """How a finding counts. Only a FAULT keeps the terminal from enrolling."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Finding:
    """One part of the machine and a sentence about it."""

    part: str
    level: Level
    sentence: str


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
        return Finding("disk", Level.FAULT, "The terminal's folder cannot be written: mount the disk, or mend it.")
    if mode & _OTHERS:
        return Finding("disk", Level.FAULT, "Others may read the terminal's folder: chmod 700.")
    if free < DISK_FREE_BYTES:
        return Finding("disk", Level.WARNING, f"Only {free >> 20} MB are free: make room.")
    return Finding("disk", Level.OK, f"Written and read; {free >> 20} MB are free.")


def _keys(home: Path) -> Finding:
    try:
        DeviceKey.open(home / DEVICE_KEY)
        open_root_key(home / ROOT_PUBLIC)
    except SyncError as error:
        return Finding("keys", Level.FAULT, f"{error}.")
    return Finding("keys", Level.OK, "Device key and programme root are there, the key for this user's eyes only.")


def _clock(server_time: ServerTime | None) -> Finding:
    if server_time is None:
        return Finding("clock", Level.WARNING, "Cannot be judged before the terminal is registered.")
    behind = server_time.clock_behind()
    if behind > CLOCK_SLACK:
        return Finding("clock", Level.FAULT, f"The clock is {behind} behind the time central signed: set it.")
    return Finding("clock", Level.OK, f"{server_time.clock():%Y-%m-%d %H:%M} UTC, not behind the time central signed.")


def _trust(whereabouts: HeldWhereabouts | None, server_time: ServerTime | None) -> Finding:
    if whereabouts is None or server_time is None:
        return Finding("trust", Level.FAULT, "This terminal is not registered: python -m provisioning register.")
    try:
        place = whereabouts.current()
    except EnrolmentError as error:
        return Finding("trust", Level.FAULT, f"{error} ({error.code}).")
    until = moment(place.trust.valid_until_ms)
    if until - server_time.now() < TRUST_WARNING:
        return Finding("trust", Level.WARNING, f"The trust bundle ends on {until:%Y-%m-%d}: central must renew it.")
    return Finding("trust", Level.OK, f"{place.terminal} at {place.office}; trust bundle valid to {until:%Y-%m-%d}.")


def _reader(machine: Machine) -> Finding:
    ends = time.monotonic() + _READER_PATIENCE_S
    state = machine.reader.presence().state
    while state in {ReaderState.NO_SERVICE, ReaderState.NO_READER} and time.monotonic() < ends:
        machine.sleep(0.1)  # the reader looks at its slots in a thread of its own
        state = machine.reader.presence().state
    sentences = {
        ReaderState.NO_SERVICE: (Level.FAULT, "The PC/SC service does not run: systemctl start pcscd."),
        ReaderState.NO_READER: (Level.FAULT, "No card reader: plug it in, or name it with --reader."),
        ReaderState.EMPTY: (Level.OK, "There, and its slot is empty."),
        ReaderState.PRESENT: (Level.OK, "There, with a card in its slot."),
        ReaderState.MUTE: (Level.WARNING, "There, but the card in it does not answer: turn or clean it."),
    }
    return Finding("reader", *sentences[state])


def _printer(printer: SlipPrinter) -> Finding:
    sentences = {
        PrinterState.READY: (Level.OK, "Ready."),
        PrinterState.PAPER_LOW: (Level.WARNING, "The paper is nearly used up: lay a new roll beside it."),
        PrinterState.PAPER_OUT: (Level.FAULT, "No paper: put a new roll in."),
        PrinterState.COVER_OPEN: (Level.FAULT, "The cover is open: close it."),
        PrinterState.OFFLINE: (Level.FAULT, "Cannot be reached or is not ready: check cable, power and address."),
        PrinterState.UNKNOWN: (Level.WARNING, "Says nothing of its state: slips will be printed but never confirmed."),
    }
    return Finding("printer", *sentences[printer.state()])


def _central(link: CentralLink | None) -> Finding:
    if link is None:
        return Finding("central", Level.WARNING, "No usable address of central: register the terminal.")
    if link.alive():
        return Finding("central", Level.OK, "Answers.")
    return Finding("central", Level.WARNING, "Does not answer: enrolments are kept here until it does.")


def _memory() -> Finding:
    try:
        swaps = _SWAPS.read_text(encoding="ascii").splitlines()[1:]
    except OSError:
        swaps = []
    if swaps:
        return Finding("memory", Level.WARNING, "Swap is on: personal data may reach the disk. Switch it off.")
    return Finding("memory", Level.OK, "Swap is off.")
