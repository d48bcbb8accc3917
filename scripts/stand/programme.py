"""What the demonstration is made of on disk: keys, databases, two offices with their people, two registered terminals.

Made by the product's own commands, in the order in which a real programme is set up. Everyone is fictitious.
"""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from addresses import Addresses
from processes import Children, Service, StandError, run_command

from wire import homes

MANAGER = "RESPONSABLE-IDF"
MANAGER_PASSWORD = "fictif-et-public-2026"
_MADE = "made"  # written last: a folder without it is of a set-up that was cut short
_REGION = "11"  # Île-de-France
_EDITION = "2"  # of what is set up below; a folder of another edition is made anew


@dataclass(frozen=True, slots=True)
class Stand:
    """One of the two terminals: its folder, its place, who attests there."""

    folder: str
    label: str
    terminal: str
    office: str
    office_name: str
    kind: str
    lines: tuple[str, ...]
    operator: str
    role: str
    shown_name: str
    pin: str
    finess: str | None = None


HALL = Stand(
    folder="terminal-hall",
    label="hall",
    terminal="BORNE-75-01",
    office="ACCUEIL-75-01",
    office_name="CPAM fictive, accueil de démonstration",
    kind="cpam",
    lines=("1 rue de l'Essai", "75000 Paris"),
    operator="AGENT-01",
    role="agent",
    shown_name="Agent fictif",
    pin="147258",
)
PHARMACY = Stand(
    folder="terminal-pharmacy",
    label="pharmacy",
    terminal="COMPTOIR-75-01",
    office="PHARMACIE-75-01",
    office_name="Pharmacie fictive de démonstration",
    kind="pharmacy",
    lines=("2 rue de l'Essai", "75000 Paris"),
    operator="PHARMACIEN-01",
    role="pharmacist",
    shown_name="Pharmacien fictif",
    pin="258369",
    finess="750000010",  # of the right form, of nobody
)


@dataclass(frozen=True, slots=True)
class Programme:
    """The folder of one demonstration, with the terminals that take part."""

    folder: Path
    addresses: Addresses
    stands: Sequence[Stand]

    @property
    def logs(self) -> Path:
        """One log a process."""
        return self.folder / "logs"

    @contextmanager
    def claimed(self) -> Iterator[None]:
        """Hold the folder alone: two demonstrations on one set of databases would confuse each other."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.folder / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise StandError(f"a demonstration already runs on {self.folder}: stop it first") from error
            yield

    def is_made(self) -> bool:
        """Whether an earlier run came to its end."""
        made = self.folder / _MADE
        return made.exists() and made.read_text() == _EDITION

    def throw_away(self) -> None:
        """Begin from nothing; the lock stays, for we hold it."""
        for path in self.folder.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            elif path.name != "lock":
                path.unlink()

    def mark_made(self) -> None:
        """The set-up came to its end."""
        (self.folder / _MADE).write_text(_EDITION)

    # Set-up, by the product's commands -------------------------------------------------------------------------------

    def prepare_services(self) -> None:
        """Keys, databases, offices, operators, a manager, published figures."""
        folders = [word for name in ("root", "central", "vault") for word in (f"--{name}", self._path(name))]
        run_command("provisioning", "make-keys", *folders)
        with ThreadPoolExecutor() as pool:
            vault = pool.submit(run_command, "central.vault", "migrate", "--home", self._path("vault"))
            self._central("migrate")
            figures = pool.submit(self._central, "published", "import")
            for stand in self.stands:
                self._furnish(stand)
            self._central("add-manager", MANAGER, "--region", _REGION, typed=f"{MANAGER_PASSWORD}\n" * 2)
            vault.result()
            figures.result()

    def register(self, stand: Stand) -> None:
        """A ticket from central, and the terminal's own registration with it."""
        ticket = self._central("issue-ticket", stand.terminal, "--office", stand.office).strip()
        run_command("provisioning", "register", "--ticket", ticket, "--home", self._path(stand.folder))

    def point_to_central(self, stand: Stand) -> None:
        """Where central answers today: its port may differ from the one of the registration."""
        (self.folder / stand.folder / homes.CENTRAL_URL).write_text(self.addresses.central)

    # Processes -------------------------------------------------------------------------------------------------------

    def start_services(self, children: Children) -> None:
        """The letterbox, central with its hand-over, and the vault."""
        places = self.addresses
        children.start(
            self._service(
                "letterbox",
                (
                    "scripts.stand.letterbox",
                    "--folder",
                    self._path("messages"),
                    "--http-port",
                    Addresses.port(places.letterbox),
                    "--smtp-port",
                    Addresses.port(places.mail),
                ),
                places.letterbox + "/healthz",
            )
        )
        children.start(
            self._service(
                "central",
                ("central", "serve", "--home", self._path("central"), "--port", Addresses.port(self.addresses.central)),
                self.addresses.central + "/healthz",
            )
        )
        children.start(
            self._service(
                "vault",
                (
                    "central.vault",
                    "serve",
                    "--home",
                    self._path("vault"),
                    "--port",
                    Addresses.port(self.addresses.vault),
                ),
                self.addresses.vault + "/healthz",
            )
        )

    def start_terminal(self, children: Children, stand: Stand) -> None:
        """One terminal with simulated card and printer."""
        address = self.terminal_address(stand)
        children.start(
            self._service(
                stand.folder,
                (
                    "kiosk",
                    "--home",
                    self._path(stand.folder),
                    "--simulate",
                    "--port",
                    Addresses.port(address),
                    "--manager-url",
                    self.addresses.central + "/tableau",
                    "--messages-url",
                    self.addresses.letterbox,
                ),
                address + "/",
            )
        )

    def terminal_address(self, stand: Stand) -> str:
        """Where that terminal's screens are."""
        return self.addresses.hall if stand is HALL else self.addresses.pharmacy

    def ledger_line(self) -> str:
        """The last entry of central's ledger, as its own command prints it."""
        return self._central("ledger", "--last", "1").strip()

    def _furnish(self, stand: Stand) -> None:
        lines = [word for line in stand.lines for word in ("--line", line)]
        place = ("--departement", "75", "--region", _REGION)
        finess = ("--finess", stand.finess) if stand.finess else ()
        self._central(
            "add-office", stand.office, "--name", stand.office_name, "--kind", stand.kind, *lines, *place, *finess
        )
        who = ("--office", stand.office, "--role", stand.role, "--display-name", stand.shown_name)
        self._central("add-operator", stand.operator, *who, typed=f"{stand.pin}\n" * 2)

    def _path(self, name: str) -> str:
        return str(self.folder / name)

    def _service(self, name: str, arguments: tuple[str, ...], ready_url: str) -> Service:
        return Service(name, arguments, ready_url, self.logs / f"{name}.log", self._environment())

    def _environment(self) -> dict[str, str]:
        return {
            "CENTRAL_PUBLIC_URL": self.addresses.central,
            "CENTRAL_VAULT": self.addresses.vault,
            "CENTRAL_ACTIVATION_URL": self.addresses.vault + "/activation",
            "CENTRAL_SECOND_FACTOR": "off",  # nobody who looks at a demonstration should need a telephone
            **self.addresses.messages,
        }

    def _central(self, command: str, *more: str, typed: str = "") -> str:
        home = ("--home", self._path("central"))
        return run_command("central", command, *more, *home, typed=typed, environment=self._environment())
