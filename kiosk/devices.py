"""Opens what is plugged in: card readers and printer, or their simulations below the same adapters."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.card_reader.connection import CardSlots
from kiosk.card_reader.professional import WatchedProfessionalReader
from kiosk.card_reader.reader import SupervisedCardReader
from kiosk.card_reader.virtual.slot import VirtualSlots
from kiosk.demonstration.tray import Tray
from kiosk.enrolment.ports import CardReader, ProfessionalReader
from kiosk.printer.device import sink_from_address
from kiosk.printer.fallback import FallbackPrinter
from kiosk.printer.profile import profile_named
from kiosk.printer.simulator.server import SimulatedPrinter
from kiosk.printer.thermal import ThermalPrinter
from kiosk.settings import KioskSettings


@dataclass(frozen=True, slots=True)
class Devices:
    """Cards, paper and what the code scanner types first; ``tray`` is there when cards and paper are simulated."""

    reader: CardReader
    professional: ProfessionalReader
    printer: ThermalPrinter | FallbackPrinter
    tray: Tray | None
    scan_prefix: str = ""

    def close(self) -> None:
        """Let go of all; harmless twice."""
        self.reader.close()
        self.professional.close()
        self.printer.close()
        if self.tray is not None:
            self.tray.printer.stop()


def open_devices(settings: KioskSettings) -> Devices:
    """Card readers and printer: the real ones, or with ``simulate`` virtual slots and a printer on loopback TCP.

    The simulated ones sit below the same adapters: the reading code and the printing code are the field's.

    Raises:
        kiosk.printer.errors.AddressError, kiosk.card_reader.errors.CardReaderError: a setting or a library is wrong.
    """
    slots: CardSlots
    second: CardSlots
    if settings.simulate:
        tray = Tray(
            VirtualSlots(is_realistic=True),
            SimulatedPrinter(host="127.0.0.1", port=0).start(),
            VirtualSlots(is_realistic=True, name="Virtual second slot"),
        )
        address = f"tcp://127.0.0.1:{tray.printer.port}"
        slots, second = tray.slots, tray.professional
    else:
        tray, address = None, settings.printer or ""
        slots, second = _real_slots(settings.reader), _real_slots(settings.professional_reader)
    printer = _printer(settings, address)
    is_own_slot = settings.simulate or settings.professional_reader is not None
    professional = WatchedProfessionalReader(second, is_own_slot=is_own_slot)
    return Devices(SupervisedCardReader(slots), professional, printer, tray, settings.scan_prefix)


def _printer(settings: KioskSettings, address: str) -> ThermalPrinter | FallbackPrinter:
    """The office's printer, or it and the one that takes over: then silence of the first is reason enough."""
    has_second = settings.second_printer is not None
    first = ThermalPrinter(
        sink_from_address(address), profile_named(settings.printer_profile), refuses_silence=has_second
    )
    if settings.second_printer is None:
        return first
    profile = profile_named(settings.second_printer_profile or settings.printer_profile)
    return FallbackPrinter(first, ThermalPrinter(sink_from_address(settings.second_printer), profile))


def _real_slots(name: str | None) -> CardSlots:
    # Only here: the demonstration works on machines without pyscard.
    from kiosk.card_reader.pcsc import PcscSlots  # noqa: PLC0415

    return PcscSlots(name)
