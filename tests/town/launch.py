"""Starts a process of the product as its own command would, but with a power cut at a named instant.

    python -m tests.town.launch WHICH --cut PLACE --at N -- ARGUMENTS
    WHICH: kiosk | central | vault | post; PLACE: value of wire.failpoints.Failpoint, or "never"; N: the n-th time there

A terminal started so also knows the crowd of tests/town/crowd.py: cards crowd-0 … crowd-999, and the families child-N,
teen-N, under-N; and what its simulated printer lets out is laid into the folder TOWN_PAPERS as text, because paper
outlives a power cut.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kiosk.printer.simulator.paper import Paper
from kiosk.printer.simulator.server import SimulatedPrinter
from wire.failpoints import Failpoint, Reach

CROWD = 1000
FAMILIES = 20


def power_cut(place: str, at: int) -> Reach:
    """Kill this process, as SIGKILL does, the ``at``-th time it passes ``place``."""
    passes = 0
    lock = threading.Lock()

    def reach(where: Failpoint) -> None:
        nonlocal passes
        if where.value != place:
            return
        with lock:
            passes += 1
            if passes == at:
                os.kill(os.getpid(), signal.SIGKILL)

    return reach


def witnessed_printer() -> type[SimulatedPrinter]:
    """The simulated printer, with somebody who picks up each paper."""
    folder = Path(os.environ["TOWN_PAPERS"])
    folder.mkdir(exist_ok=True)

    class Floor(list[Paper]):
        """Papers on the floor; each is also written down, for the process may die."""

        def append(self, paper: Paper) -> None:
            (folder / f"{time.time_ns()}-{paper.number}.txt").write_text(paper.text, encoding="utf-8")
            super().append(paper)

    class Witnessed(SimulatedPrinter):
        def __init__(self, *given: Any, **named: Any) -> None:
            super().__init__(*given, **named)
            self._mechanism.papers = Floor()

    return Witnessed


def kiosk(arguments: list[str], reach: Reach) -> int:
    """The terminal."""
    from kiosk.card_reader.virtual import people  # noqa: PLC0415 - before anything else takes the deck
    from tests.town.crowd import card, families  # noqa: PLC0415

    shipped = people.deck
    everyone = shipped() + tuple(card(number) for number in range(CROWD))
    everyone += tuple(one for number in range(FAMILIES) for one in families(number))
    people.deck = lambda: everyone  # type: ignore[assignment]
    from kiosk.demonstration import tray  # noqa: PLC0415 - after that, so that the tray on /demo can be as shipped

    tray.deck = shipped
    from kiosk import __main__ as command  # noqa: PLC0415
    from kiosk import devices  # noqa: PLC0415

    devices.SimulatedPrinter = witnessed_printer()  # type: ignore[misc]
    serve = command.serve
    command.serve = lambda settings: serve(settings, reach=reach)  # type: ignore[assignment]
    return command.main(arguments)


def central(arguments: list[str], reach: Reach) -> int:
    """Central with its hand-over worker."""
    from central import __main__ as command  # noqa: PLC0415
    from central.commands import service  # noqa: PLC0415

    create_app, handing_over = service.create_app, service.HandOverWorker
    service.create_app = lambda *given, **named: create_app(*given, **named, reach=reach)  # type: ignore[assignment]
    service.HandOverWorker = lambda *given, **named: handing_over(*given, **named, reach=reach)  # type: ignore[assignment, misc]
    return command.main(arguments)


def vault(arguments: list[str], reach: Reach) -> int:
    """The vault."""
    from central.vault import __main__ as command  # noqa: PLC0415

    create_app = command.create_app
    command.create_app = lambda settings: create_app(settings, reach=reach)  # type: ignore[assignment]
    return command.main(arguments)


def post(arguments: list[str], _reach: Reach) -> int:
    """The mail server and the SMS gateway."""
    from tests.town.post import main as serve  # noqa: PLC0415

    return serve(arguments)


WHICH: dict[str, Callable[[list[str], Reach], int]] = {"kiosk": kiosk, "central": central, "vault": vault, "post": post}


def main() -> int:
    """Parse and start."""
    parser = argparse.ArgumentParser()
    parser.add_argument("which", choices=WHICH)
    parser.add_argument("--cut", default="never")
    parser.add_argument("--at", type=int, default=1)
    ours, rest = sys.argv[1 : sys.argv.index("--")], sys.argv[sys.argv.index("--") + 1 :]
    given = parser.parse_args(ours)
    return WHICH[given.which](rest, power_cut(given.cut, given.at))


if __name__ == "__main__":
    sys.exit(main())
