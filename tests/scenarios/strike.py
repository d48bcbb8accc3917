"""What a script breaks and mends, done to the simulators."""

from __future__ import annotations

from kiosk.printer.simulator.server import SimulatedPrinter
from tests.fakes.breakable_slots import Breakage
from tests.scenarios.rig import ScenarioRig
from tests.scenarios.script import PrinterFault, ReaderFault, Repair, Trouble, duration

_SILENT = ("silent", "seconds_per_line", "stall", "half_open", "busy")
"""Faults under which a printer is waited for in vain."""

_HANDS = ("cover_open", "offline", "jam_cutter", "overheat", "silent", "stall", "half_open", "busy", "power_off")


def strike(rig: ScenarioRig, trouble: Trouble) -> None:
    """Now, or as soon as the terminal reaches the moment."""
    if trouble.when is None:
        _strike(rig, trouble)
    else:
        rig.prepare(trouble.when, lambda: _strike(rig, trouble))


def _strike(rig: ScenarioRig, trouble: Trouble) -> None:
    around = rig.around
    if trouble.printer is not None:
        if any(getattr(trouble.printer, hand) for hand in _SILENT):
            around.wait_briefly(printer=True)
        _break_printer(around.printers[int(trouble.printer.second)], trouble.printer)
    if trouble.reader is not None:
        _break_reader(rig, trouble.reader)
    if trouble.card_pulled:
        around.pull()
    if trouble.disk_full:
        around.fill_disk()
    if trouble.network_down:
        around.central.down = True
    if trouble.clock is not None:
        around.set_clock(duration(trouble.clock))
    if trouble.revoked:
        around.central.revoked = True
    if trouble.power_cut:
        rig.cut_power()


def _break_printer(printer: SimulatedPrinter, fault: PrinterFault) -> None:
    if fault.paper_low:
        printer.paper_low()
    if fault.paper_out or fault.lines_left is not None:
        printer.paper_out(after_lines=fault.lines_left or 0)
    if fault.seconds_per_line is not None:
        printer.slow(fault.seconds_per_line)
    if fault.reset_after is not None:
        printer.reset_after(fault.reset_after)
    for hand in _HANDS:
        if getattr(fault, hand):
            getattr(printer, hand)()


def _break_reader(rig: ScenarioRig, fault: ReaderFault) -> None:
    if fault.impatient:
        rig.around.wait_briefly(reader=True)
    how = {
        "service_down": Breakage.NO_SERVICE,
        "unplugged": Breakage.NO_READER,
        "busy": Breakage.BUSY,
    }
    for name, breakage in how.items():
        if getattr(fault, name):
            rig.around.slots.break_down(breakage, at_command=fault.at_command)


def mend(rig: ScenarioRig, repair: Repair) -> None:
    """Put it right."""
    around = rig.around
    match repair:
        case Repair.PRINTER:
            mend_printer(around.printers[0])
            around.wait_briefly(printer=False)
        case Repair.SECOND_PRINTER:
            for printer in around.printers[1:]:
                mend_printer(printer)
        case Repair.READER:
            around.slots.mend()
            around.wait_briefly(reader=False)
        case Repair.DISK:
            around.empty_disk()
        case Repair.NETWORK:
            around.central.down = False
        case Repair.CLOCK:
            around.set_clock(around.central.now - around.clock.at)


def mend_printer(printer: SimulatedPrinter) -> None:
    """Switched on, a new roll, the cover closed, nothing jams, and it speaks again."""
    printer.power_on()
    for hand in (printer.offline, printer.overheat, printer.silent, printer.stall, printer.half_open, printer.busy):
        hand(on=False)
    printer.slow(0.0)
    printer.free_cutter()
    printer.load_paper()
    printer.cover_close()
