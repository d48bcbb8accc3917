"""Central, the vault, a hall terminal and a pharmacy as real processes on one folder, founded by our own commands."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from addresses import Addresses
from letterbox import Letter, letters_in
from processes import free_port
from programme import HALL, MANAGER, MANAGER_PASSWORD, PHARMACY, Programme, Stand

from tests.town.actors import Actor
from tests.town.visitor import Visitor
from tests.waiting import wait_for
from wire import homes

_MESSAGES = "messages"

__all__ = ["HALL", "MANAGER", "MANAGER_PASSWORD", "PHARMACY", "Town", "found"]


@dataclass(slots=True)
class Town:
    """All of it. ``hall`` and ``pharmacy`` are terminals; each actor is started by whoever needs it."""

    folder: Path
    programme: Programme
    central: Actor
    vault: Actor
    hall: Actor
    pharmacy: Actor
    post: Actor
    visitors: dict[str, Visitor] = field(default_factory=dict)

    def start(self, *, terminals: bool = True) -> None:
        """Start everything that does not run."""
        actors = [self.post, self.central, self.vault, *((self.hall, self.pharmacy) if terminals else ())]
        for actor in actors:
            if actor.is_dead():
                actor.start(wait=False)
        for actor in actors:
            actor.wait_until_ready()

    def stop(self) -> None:
        """Stop everything."""
        for actor in (self.hall, self.pharmacy, self.central, self.vault, self.post):
            actor.stop()
        for visitor in self.visitors.values():
            visitor.close()
        self.visitors.clear()

    def visit(self, stand: Stand) -> Visitor:
        """Whoever stands at that terminal."""
        if stand.terminal not in self.visitors:
            self.visitors[stand.terminal] = Visitor(self.programme.terminal_address(stand), stand.pin, self.code_sent)
        return self.visitors[stand.terminal]

    def papers(self) -> list[str]:
        """Every slip that ever came out in this town, as text, oldest first."""
        return [path.read_text(encoding="utf-8") for path in sorted((self.folder / "papers").glob("*.txt"))]

    @property
    def in_peoples_hands(self) -> list[Path]:
        """Folders of what left the machines: slips, e-mails, SMS."""
        return [self.folder / "papers", self.folder / _MESSAGES]

    def letters(self, to: str | None = None) -> list[Letter]:
        """Every e-mail and SMS that ever arrived in this town, oldest first; ``to`` one address or number."""
        arrived = letters_in(self.folder / _MESSAGES)
        return [letter for letter in arrived if to is None or letter.to == to]

    def code_sent(self, to: str, *, after: int = 0) -> str:
        """The last one-time code sent there, once more than ``after`` messages have arrived there."""
        wait_for("a message arrives", lambda: len(self.letters(to)) > after)
        return re.findall(r"(?<!\d)\d{6}(?!\d)", self.letters(to)[-1].body)[-1]

    # What lies on the disks ------------------------------------------------------------------------------------------

    def at_central(self, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Ask central's database."""
        return _ask(self.folder / "central" / "central.db", query, parameters)

    def at_vault(self, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Ask the vault's database."""
        return _ask(self.folder / "vault" / "vault.db", query, parameters)

    def at_terminal(self, stand: Stand, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Ask a terminal's database."""
        return _ask(self.folder / stand.folder / homes.TERMINAL_STORE, query, parameters)

    def wait_until_all_is_sent(self, *stands: Stand, within_s: float = 60) -> None:
        """Wait until the terminals have nothing to send, central nothing to hand over."""
        for stand in stands or (HALL, PHARMACY):
            wait_for(
                f"{stand.label} has sent all",
                lambda stand=stand: not self.at_terminal(stand, "SELECT 1 FROM records WHERE state = 'waiting'"),
                within_s,
            )
        wait_for("central has handed over all", lambda: not self.at_central("SELECT 1 FROM outbox"), within_s)


def found(folder: Path) -> Town:
    """Make keys, databases, offices and operators, and register both terminals; nothing runs afterwards."""
    folder.mkdir(parents=True, exist_ok=True)
    ports: set[int] = set()
    first = 18100 + os.getpid() % 240 * 60  # a town that does not run holds no port: two test runs must not meet
    for _ in range(6):
        ports.add(free_port(first + 10 * len(ports), ports))
    *web, mail = sorted(ports)
    places = Addresses(*(f"http://127.0.0.1:{port}" for port in web), mail=f"smtp://127.0.0.1:{mail}")
    programme = Programme(folder, places, (HALL, PHARMACY))
    programme.prepare_services()
    town = _town(folder, programme)
    town.central.start()
    try:
        for stand in (HALL, PHARMACY):
            programme.register(stand)
    finally:
        town.central.stop()
    return town


def copy_of(town: Town, folder: Path) -> Town:
    """The same town on another folder, as it stands: for tests that must not see each other."""
    shutil.copytree(town.folder, folder)
    return _town(folder, Programme(folder, town.programme.addresses, town.programme.stands))


def _town(folder: Path, programme: Programme) -> Town:
    logs, places = folder / "logs", programme.addresses
    logs.mkdir(exist_ok=True)
    environment = {
        "CENTRAL_PUBLIC_URL": places.central,
        "CENTRAL_VAULT": places.vault,
        "CENTRAL_ACTIVATION_URL": places.vault + "/activation",
        "CENTRAL_SECOND_FACTOR": "off",
        "TOWN_PAPERS": str(folder / "papers"),
        **places.messages,
    }

    def actor(which: str, name: str, address: str, *arguments: str, health: str = "/healthz") -> Actor:
        home = ("--home", str(folder / name), "--port", Addresses.port(address))
        return Actor(which, (*arguments, *home), address, logs / f"{name}.log", environment, health)

    return Town(
        folder,
        programme,
        central=actor("central", "central", places.central, "serve"),
        vault=actor("vault", "vault", places.vault, "serve"),
        hall=actor("kiosk", HALL.folder, places.hall, "--simulate", health="/"),
        pharmacy=actor("kiosk", PHARMACY.folder, places.pharmacy, "--simulate", health="/"),
        post=actor("post", _MESSAGES, places.letterbox, "--smtp-port", Addresses.port(places.mail)),
    )


def _ask(database: Path, query: str, parameters: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10)) as connection:
        return connection.execute(query, parameters).fetchall()
