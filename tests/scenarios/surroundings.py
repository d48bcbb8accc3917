"""What stands around a terminal and outlives its power cuts: folder, clock, slot, printers, central. Nothing is mocked.

The slot and the printers are the shipped simulators, below the adapters of the field; central is the simulated one
(:mod:`tests.fakes.central_simulator`), which verifies, keeps and signs with wire's own functions.
"""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from kiosk.card_reader.professional import WatchedProfessionalReader
from kiosk.card_reader.reader import SupervisedCardReader
from kiosk.card_reader.virtual.scenario import Scenario as CardScenario
from kiosk.card_reader.virtual.slot import VirtualSlots
from kiosk.devices import Devices
from kiosk.enrolment.steps import JourneyKind
from kiosk.printer.device import sink_from_address
from kiosk.printer.fallback import FallbackPrinter
from kiosk.printer.profile import profile_named
from kiosk.printer.simulator.server import SimulatedPrinter
from kiosk.printer.thermal import DEADLINE_S, ThermalPrinter
from tests.fakes.breakable_slots import BreakableSlots
from tests.fakes.central_simulator import CentralSimulator
from tests.fakes.programme import Programme
from tests.fakes.terminal_rig import HandClock
from tests.scenarios.script import Site
from wire.homes import CONFIGURATION
from wire.records import Channel, SubChannel

SHORT_S = 0.3
"""How long a device is waited for while a fault of the script keeps it from answering; else as in the field."""

READ_S = 4.0
LINE_S = 0.0
"""What a line is given on a printer that cannot say that it is printed: the simulated one takes no time."""

_FILLER = "filler"
_COUNTER = {
    "office": "PHARMA-031-07",
    "office_name": "Pharmacie de démonstration",
    "channel": Channel.PHARMACY,
    "sub_channel": SubChannel.COUNTER,
}


@dataclass
class Surroundings:
    """One terminal's world. ``open_devices`` gives the adapters anew after each power cut."""

    home: Path
    site: Site
    programme: Programme = field(default_factory=Programme)
    clock: HandClock = field(default_factory=HandClock)
    office: Mapping[str, object] = field(default_factory=lambda: _COUNTER)  # where a counter stands

    def __post_init__(self) -> None:
        self.programme.furnish(self.home)
        if self.site.place is JourneyKind.COUNTER:
            (self.home / CONFIGURATION).write_bytes(self._configuration())
        self.central = CentralSimulator(self.programme, configuration_document=self._configuration())
        self.printers = [self._printer() for _ in range(1 + self.site.second_printer)]
        self.lying: CardScenario | None = None  # the card in the slot
        self.adapters: list[ThermalPrinter] = []

    def open_devices(self) -> Devices:
        """Adapters as :func:`kiosk.devices.open_devices` makes them, over these simulators."""
        self._inner = VirtualSlots()
        self.slots = BreakableSlots(self._inner)
        self.reader = SupervisedCardReader(self.slots, read_deadline_s=READ_S)
        printer = self._adapter()
        if self.lying is not None:
            self.insert(self.lying)
        professional = WatchedProfessionalReader(VirtualSlots(name="Virtual second slot"), is_own_slot=True)
        return Devices(self.reader, professional, printer, tray=None)

    def close(self) -> None:
        """The simulators' own threads."""
        for printer in self.printers:
            printer.stop()

    # Hands

    def insert(self, card: CardScenario) -> None:
        """Put a card in; one that is in there leaves first."""
        self.lying = card
        self._inner.insert(card)

    def pull(self) -> None:
        """Take the card out."""
        self.lying = None
        self._inner.pull()

    def pass_time(self, span: timedelta) -> None:
        """Let time go by for everybody."""
        self.clock.forward(span.total_seconds())
        self.central.now += span

    def set_clock(self, off: timedelta) -> None:
        """Somebody sets the terminal's clock, and nobody else's."""
        self.clock.at += off

    def wait_briefly(self, *, printer: bool | None = None, reader: bool | None = None) -> None:
        """Shorten the deadlines while a device is kept from answering, so that nobody waits seconds for nothing."""
        if printer is not None:
            for one in self.adapters:
                one._rules = replace(one._rules, deadline_s=SHORT_S if printer else DEADLINE_S)
        if reader is not None:
            self.reader._deadline_s = SHORT_S if reader else READ_S

    def fill_disk(self) -> None:
        """Other files take all room there is."""
        with (self.home / _FILLER).open("wb", buffering=0) as filler, contextlib.suppress(OSError):
            while True:
                filler.write(bytes(4096 * 16))
        with (self.home / _FILLER).open("ab", buffering=0) as filler, contextlib.suppress(OSError):
            while True:
                filler.write(bytes(4096))

    def empty_disk(self) -> None:
        (self.home / _FILLER).unlink(missing_ok=True)

    def _adapter(self) -> ThermalPrinter | FallbackPrinter:
        """As :mod:`kiosk.devices` joins them; the adapters of both are kept for :meth:`wait_briefly`."""
        profile = profile_named(self.site.profile)
        has_second = self.site.second_printer
        self.adapters = [
            ThermalPrinter(
                sink_from_address(one.address), profile, refuses_silence=has_second and place == 0, line_s=LINE_S
            )
            for place, one in enumerate(self.printers)
        ]
        return FallbackPrinter(*self.adapters) if self.site.second_printer else self.adapters[0]

    def _printer(self) -> SimulatedPrinter:
        return SimulatedPrinter(profile=profile_named(self.site.profile)).start()

    def _configuration(self) -> bytes:
        changes = self.office if self.site.place is JourneyKind.COUNTER else {}
        return self.programme.configuration(**changes)


@contextlib.contextmanager
def disk(folder: Path, *, is_small: bool, megabytes: int = 2) -> Iterator[Path]:
    """The terminal's folder; a small one is a file system of its own of that size (needs the right to mount)."""
    home = folder / "home"
    home.mkdir(mode=0o700, parents=True)
    if not is_small:
        yield home
        shutil.rmtree(home)
        return
    options = f"size={megabytes}m,mode=0700"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(home)], check=True)
    try:
        yield home
    finally:
        subprocess.run(["umount", "--lazy", str(home)], check=True)
