"""Run the simulated printer alone: ``python -m kiosk.printer.simulator --port 9100 [--save FOLDER]``.

With ``--save`` each paper is written as a picture; that is for fictitious people only.
"""

from __future__ import annotations

import argparse
import logging
import threading
from pathlib import Path

from kiosk.printer.profile import profile_named, profile_names
from kiosk.printer.simulator.server import SimulatedPrinter

LOOK_EVERY_S = 0.5


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m kiosk.printer.simulator", description="simulated slip printer")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=9100)
    parser.add_argument("--profile", choices=profile_names(), default="tm-t20iii")
    parser.add_argument("--save", type=Path, help="write each paper as a PNG into this folder (fictitious people only)")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.WARNING)
    with SimulatedPrinter(arguments.host, arguments.port, profile=profile_named(arguments.profile)) as printer:
        print(f"listening on {printer.address}", flush=True)
        _watch(printer, arguments.save)


def _watch(printer: SimulatedPrinter, folder: Path | None) -> None:
    seen = 0
    try:
        while not threading.Event().wait(LOOK_EVERY_S):
            for paper in printer.papers[seen:]:
                if folder is not None:
                    folder.mkdir(parents=True, exist_ok=True)
                    (folder / f"paper-{paper.number:04}.png").write_bytes(paper.png())
                print(f"paper {paper.number}: {len(paper.raw)} bytes", flush=True)
                seen = paper.number
    except KeyboardInterrupt:
        print("stopped", flush=True)


if __name__ == "__main__":
    main()
