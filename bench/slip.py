"""Slips on paper: bytes and time of the layout, time to the printer's last word. ``python -m bench.slip``."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from bench.figures import Figure, percentile, table
from kiosk.enrolment.ports import PrintResult
from kiosk.enrolment.slip import Slip
from kiosk.printer.device import NetworkSink
from kiosk.printer.layout import SlipLayout
from kiosk.printer.profile import NO_QR_80, TM_T20
from kiosk.printer.simulator.server import SimulatedPrinter
from kiosk.printer.thermal import ThermalPrinter

SLIPS = Path(__file__).parents[1] / "tests" / "vectors" / "slips"
ROUNDS = 300
MOST_BYTES = 1024
MOST_MS = 5.0


def run() -> list[Figure]:
    """Slip A and B, laid out by a kept layout, and printed over TCP on the simulated printer."""
    logging.getLogger("kiosk.printer.simulator.server").setLevel(logging.ERROR)
    slips = {"A": _slip("acknowledgement"), "B": _slip("activation")}
    layout = SlipLayout(TM_T20)
    figures: list[Figure] = []
    for name, slip in slips.items():
        figures += _laid_out(name, slip, layout)
    figures.append(_as_picture(slips["B"]))
    with SimulatedPrinter() as simulator:
        thermal = ThermalPrinter(NetworkSink("127.0.0.1", simulator.port), TM_T20)
        for name, slip in slips.items():
            figures += _printed(name, slip, thermal)
    return figures


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
    def once() -> None:
        if thermal.print(slip).result is not PrintResult.PRINTED:
            raise RuntimeError("the simulated printer did not print")

    times = _milliseconds(once)
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
