"""What each process of the town is, as its own command would start it, but with a power cut at a named instant.

A terminal started so also knows the crowd of tests/town/crowd.py: cards crowd-0 … crowd-999, and the families child-N,
teen-N, under-N; and what its simulated printer lets out is laid into the folder TOWN_PAPERS as text, because paper
outlives a power cut. All programs are imported here, once: :mod:`tests.town.warm` forks each process from there.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kiosk.card_reader.virtual import people
from kiosk.printer.simulator.paper import Paper
from kiosk.printer.simulator.server import SimulatedPrinter
from tests.town.crowd import card, families
from wire.failpoints import Failpoint, Reach

CROWD = 1000
FAMILIES = 20

_shipped = people.deck
_everyone = _shipped() + tuple(card(number) for number in range(CROWD))
_everyone += tuple(one for number in range(FAMILIES) for one in families(number))
people.deck = lambda: _everyone  # type: ignore[assignment]  # before anything else takes the deck

from central import __main__ as central_command  # noqa: E402
from central.commands import service as central_service  # noqa: E402
from central.vault import __main__ as vault_command  # noqa: E402
from kiosk import __main__ as kiosk_command  # noqa: E402
from kiosk import devices  # noqa: E402
from kiosk.demonstration import tray  # noqa: E402
from tests.town import post as town_post  # noqa: E402

tray.deck = _shipped  # the tray on /demo is as shipped


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
    devices.SimulatedPrinter = witnessed_printer()  # type: ignore[misc]
    serve = kiosk_command.serve
    kiosk_command.serve = lambda settings: serve(settings, reach=reach)  # type: ignore[assignment]
    return kiosk_command.main(arguments)


def central(arguments: list[str], reach: Reach) -> int:
    """Central with its hand-over worker."""
    create_app, handing_over = central_service.create_app, central_service.HandOverWorker

    def failing_app(*given: Any, **named: Any) -> Any:
        return create_app(*given, **named, reach=reach)

    def failing_worker(*given: Any, **named: Any) -> Any:
        return handing_over(*given, **named, reach=reach)

    central_service.create_app = failing_app
    central_service.HandOverWorker = failing_worker  # type: ignore[assignment, misc]
    return central_command.main(arguments)


def vault(arguments: list[str], reach: Reach) -> int:
    """The vault."""
    create_app = vault_command.create_app
    vault_command.create_app = lambda settings: create_app(settings, reach=reach)  # type: ignore[assignment]
    return vault_command.main(arguments)


def post(arguments: list[str], _reach: Reach) -> int:
    """The mail server and the SMS gateway."""
    return town_post.main(arguments)


WHICH: dict[str, Callable[[list[str], Reach], int]] = {"kiosk": kiosk, "central": central, "vault": vault, "post": post}
