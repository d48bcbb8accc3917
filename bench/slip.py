"""Slips on paper: bytes and layout, the time to the last byte and to the printer's word, over TCP and a pty.

``python -m bench.slip``.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from bench.figures import Figure, percentile, table
from kiosk.enrolment.ports import PrintResult, SlipPrinter
from kiosk.enrolment.slip import Slip
from kiosk.printer.device import sink_from_address
from kiosk.printer.fallback import FallbackPrinter
from kiosk.printer.layout import SlipLayout
from kiosk.printer.profile import NO_QR_80, TM_T20
from kiosk.printer.simulator.controls import ControlledPrinter
from kiosk.printer.simulator.pty import SimulatedPtyPrinter
from kiosk.printer.simulator.server import SimulatedPrinter
from kiosk.printer.thermal import ThermalPrinter

SLIPS = Path(__file__).parents[1] / "tests" / "vectors" / "slips"
ROUNDS = 300
JOB_BEGINS = b"\x1b@"
MOST_BYTES = 1024
MOST_MS = 5.0
LAST_BYTE_MS = 100.0  # issue 4: slip from confirm to last byte, over TCP, both slips


def run() -> list[Figure]:
    """Slip A and B, laid out by a kept layout, and printed over TCP on the simulated printer."""
    logging.getLogger("kiosk.printer.simulator").setLevel(logging.ERROR)
    slips = {"A": _slip("acknowledgement"), "B": _slip("activation")}
    layout = SlipLayout(TM_T20)
    figures: list[Figure] = []
    for name, slip in slips.items():
        figures += _laid_out(name, slip, layout)
    figures.append(_as_picture(slips["B"]))
    figures += _over_tcp(slips)
    figures += _over_a_pty(slips)
    figures.append(_stood_in_for(slips["B"]))
    return figures


def _over_tcp(slips: dict[str, Slip]) -> list[Figure]:
    with SimulatedPrinter() as simulator:
        thermal, arrived = _thermal(simulator), _Arrivals(simulator)
        figures = [_last_byte(slips, thermal, arrived)]
        for name, slip in slips.items():
            figures += _printed(name, slip, thermal)
        return figures


def _over_a_pty(slips: dict[str, Slip]) -> list[Figure]:
    with SimulatedPtyPrinter() as simulator:
        thermal = _thermal(simulator)
        times = _milliseconds(lambda: _print(thermal, slips["B"]))
        inside = "the same as a device file, and as a serial line without its slowness"
        return [Figure("slip B, printed over a pty p50", percentile(times, 50), "ms", inside)]


def _stood_in_for(slip: Slip) -> Figure:
    with SimulatedPrinter() as first, SimulatedPrinter() as second:
        first.paper_out()
        printer = FallbackPrinter(_thermal(first), _thermal(second))
        times = _milliseconds(lambda: _print(printer, slip))
    inside = "the first one asked and without paper, then the second from connect to close"
    return Figure("slip B, printed by the second printer p50", percentile(times, 50), "ms", inside)


class _Arrivals:
    """When the simulated printer received last."""

    def __init__(self, simulator: ControlledPrinter) -> None:
        self.last = 0.0
        heard = simulator._mechanism.receive  # noqa: SLF001 - a stop-watch at the printer's ear

        def receive(data: bytes, now: float) -> bytes:
            if JOB_BEGINS in data:
                self.last = time.perf_counter()
            return heard(data, now)

        simulator._mechanism.receive = receive  # type: ignore[method-assign]  # noqa: SLF001 - same


def _last_byte(slips: dict[str, Slip], thermal: ThermalPrinter, arrived: _Arrivals) -> Figure:
    """Both slips, one after the other: from the first call to the last byte of the second at the printer."""
    times = []
    for number in range(ROUNDS + 1):
        began = time.perf_counter()
        for slip in slips.values():
            _print(thermal, slip)
        if number:
            times.append((arrived.last - began) * 1000)
    inside = f"slips A and B: layout, connect, status, all bytes at the printer; p99 of {ROUNDS}"
    return Figure("both slips, to the last byte over TCP p99", percentile(times, 99), "ms", inside, most=LAST_BYTE_MS)


def _thermal(simulator: ControlledPrinter) -> ThermalPrinter:
    return ThermalPrinter(sink_from_address(simulator.address), TM_T20)


def _print(printer: SlipPrinter, slip: Slip) -> None:
    if printer.print(slip).result is not PrintResult.PRINTED:
        raise RuntimeError("the simulated printer did not print")


def _laid_out(name: str, slip: Slip, layout: SlipLayout) -> list[Figure]:
    times = _milliseconds(lambda: layout.lay_out(slip))
    bound = MOST_BYTES if slip.qr else None  # the bound is for the slip that bears a code
    size = len(layout.lay_out(slip))
    return [
        Figure(f"slip {name}, bytes", size, "bytes", _content(slip), most=bound),
        Figure(f"slip {name}, layout p50", percentile(times, 50), "ms", "slip to bytes, printer object kept"),
        Figure(f"slip {name}, layout p99", percentile(times, 99), "ms", f"the same, of {ROUNDS}", most=MOST_MS),
    ]


def _as_picture(slip: Slip) -> Figure:
    size = len(SlipLayout(NO_QR_80).lay_out(slip))
    return Figure("slip B with the QR code as a picture", size, "bytes", "for printers that draw no QR codes")


def _printed(name: str, slip: Slip, thermal: ThermalPrinter) -> list[Figure]:
    times = _milliseconds(lambda: _print(thermal, slip))
    inside = "connect, status before, layout, all bytes, the printer's word that it is done, status after, close"
    return [
        Figure(f"slip {name}, printed over TCP p50", percentile(times, 50), "ms", inside, most=MOST_MS),
        Figure(f"slip {name}, printed over TCP p99", percentile(times, 99), "ms", inside),
    ]


def _milliseconds(work: Callable[[], object]) -> list[float]:
    """One warm-up, then each round timed by itself."""
    work()
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        times.append((time.perf_counter() - began) * 1000)
    return times


def _content(slip: Slip) -> str:
    code = f", a native QR code of {len(slip.qr)} characters" if slip.qr else ""
    return f"{len(slip.lines)} lines{code}, cut; French text of realistic length"


def _slip(name: str) -> Slip:
    return msgspec.json.decode((SLIPS / f"{name}.json").read_bytes(), type=Slip)


if __name__ == "__main__":
    print(table(run()))
