"""Run the simulated printer alone: ``python -m kiosk.printer.simulator --port 9100`` or ``--pty``.

Orders are typed on standard input: ``paper out``, ``lines 12``, ``cover open``, …; ``help`` lists them. With ``--save``
each paper is written as a picture and as text; that is for fictitious people only.
"""

from __future__ import annotations

import argparse
import logging
import sys
import threading
from pathlib import Path

from kiosk.printer.profile import profile_named, profile_names
from kiosk.printer.simulator.controls import ControlledPrinter
from kiosk.printer.simulator.orders import OrderError, obey, overview
from kiosk.printer.simulator.pty import SimulatedPtyPrinter
from kiosk.printer.simulator.server import SimulatedPrinter

LOOK_EVERY_S = 0.1


def main() -> None:
    """Serve until interrupted."""
    arguments = _parser().parse_args()
    logging.basicConfig(level=logging.WARNING)
    profile = profile_named(arguments.profile)
    printer: ControlledPrinter
    if arguments.pty:
        printer = SimulatedPtyPrinter(profile=profile)
    else:
        printer = SimulatedPrinter(arguments.host, arguments.port, profile=profile)
    with printer:
        print(f"listening on {printer.address}", flush=True)
        threading.Thread(target=_take_orders, args=(printer,), name="orders", daemon=True).start()
        _watch(printer, arguments.save)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m kiosk.printer.simulator", description="simulated slip printer")
    parser.add_argument("--host", default="127.0.0.1")
    line = parser.add_mutually_exclusive_group()
    line.add_argument("--port", type=int, default=9100)
    line.add_argument("--pty", action="store_true", help="a device file (pseudo-terminal) in place of a TCP port")
    parser.add_argument("--profile", choices=profile_names(), default="tm-t20iii")
    parser.add_argument(
        "--save", type=Path, help="write each paper as PNG and text into this folder (fictitious people only)"
    )
    return parser


def _take_orders(printer: ControlledPrinter) -> None:
    """One order a line; the end of the input is not the end of the printer."""
    for line in sys.stdin:
        if line.strip() == "help":
            print(overview(), flush=True)
            continue
        try:
            obey(line, printer)
        except (OrderError, OSError) as error:
            print(f"? {error}", flush=True)
        else:
            print(f"done: {line.strip()}", flush=True)


def _watch(printer: ControlledPrinter, folder: Path | None) -> None:
    seen = 0
    try:
        while not threading.Event().wait(LOOK_EVERY_S):
            papers = printer.papers
            seen = min(seen, len(papers))  # "as new" takes them away
            for paper in papers[seen:]:
                if folder is not None:
                    folder.mkdir(parents=True, exist_ok=True)
                    (folder / f"paper-{paper.number:04}.png").write_bytes(paper.png())
                    (folder / f"paper-{paper.number:04}.txt").write_text(paper.text, encoding="utf-8")
                torn = "" if paper.complete else ", torn"
                print(f"paper {paper.number}: {len(paper.raw)} bytes{torn}", flush=True)
            seen = len(papers)
    except KeyboardInterrupt:
        print("stopped", flush=True)


if __name__ == "__main__":
    main()
