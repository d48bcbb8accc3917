"""The vault's command: ``python -m central.vault migrate | serve | guard | verify | backup | restore | backup-key``."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import waitress
from sqlalchemy import Engine

from central.backup.custody import make_identity
from central.backup.errors import BackupError
from central.backup.snapshot import Tools
from central.engine import reading
from central.messaging.errors import MessageError
from central.messaging.messenger import messenger_from
from central.partitions import offer_parts
from central.vault import backup
from central.vault.app import create_app, now
from central.vault.audit import verify_chain
from central.vault.db import check_revision, migrate, open_engine
from central.vault.errors import VaultError
from central.vault.settings import VaultSettings, load_settings
from central.vault.worker import GuardWorker, make_worker
from wire.errors import WireError
from wire.handover import HAND_OVER_LIMIT

_LOG_FORM = "%(asctime)s %(levelname)s %(name)s %(message)s"
_FRAMING = 16 * 1024  # bytes that waitress lets through above the limit, so that the app can say why it refuses


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when done, 1 with a sentence on standard error when it cannot."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format=_LOG_FORM)
    try:
        settings = load_settings(home=options.home)
        if options.command == "migrate":
            _migrate(settings, options)
        elif options.command == "verify":
            _verify(settings)
        elif options.command in _BACKUPS:
            _BACKUPS[options.command](settings, options)
        elif options.command == "guard":
            _guard(settings, once=options.once)
        else:
            _serve(_reached_at(settings, options), options)
    except (VaultError, WireError, MessageError, BackupError) as error:
        print(f"{error} [{error.code}]", file=sys.stderr)
        return 1
    return 0


def _migrate(settings: VaultSettings, options: argparse.Namespace) -> None:
    with _database(settings) as engine:
        migrate(engine, options.revision, parts=options.parts)


def _serve(settings: VaultSettings, options: argparse.Namespace) -> None:
    app = create_app(settings)
    if not options.no_guard:
        # A daemon: each of its steps is one transaction, so that the end of the process may come at any instant.
        guard = _worker(settings, open_engine(settings.database_url))
        threading.Thread(target=guard.run, args=(threading.Event(),), name="guard", daemon=True).start()
    # A page whose passphrases wait for Argon2 holds a thread and 64 MiB: few threads are a limit on memory too.
    waitress.serve(
        app,
        host=options.host,
        port=options.port,
        threads=options.threads,
        ident=None,
        max_request_body_size=HAND_OVER_LIMIT + _FRAMING,
        # waitress would strip X-Forwarded-For: all holders behind the TLS terminator would then count as one address
        # and twenty wrong tries of one shut out all. The app believes the header of VAULT_TRUSTED_PROXIES alone.
        clear_untrusted_proxy_headers=False,
    )


def _guard(settings: VaultSettings, *, once: bool) -> None:
    with _database(settings) as engine:
        worker, stop = _worker(settings, engine), threading.Event()
        if once:
            worker.round()
            return
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda _number, _frame: stop.set())
        worker.run(stop)


def _worker(settings: VaultSettings, engine: Engine) -> GuardWorker:
    check_revision(engine)
    return make_worker(settings, engine, messenger_from(settings.messages, clock=now), now)


def _reached_at(settings: VaultSettings, options: argparse.Namespace) -> VaultSettings:
    """On this machine alone, and without a TLS terminator before it, the address of the pages needs no setting."""
    is_here = options.host in {"127.0.0.1", "localhost"} and not settings.https
    if settings.public_url is not None or not is_here:
        return settings
    return replace(settings, public_url=f"http://{options.host}:{options.port}")


def _verify(settings: VaultSettings) -> None:
    with _database(settings) as engine:
        check_revision(engine)
        with reading(engine) as conn:
            print(f"audit: {verify_chain(conn)} entries, chain intact")


def _back_up(settings: VaultSettings, options: argparse.Namespace) -> None:
    with _database(settings) as engine:
        check_revision(engine)
        print(*backup.back_up(settings, engine, options.file, now=now(), tools=Tools(options.postgresql_bin)), sep="\n")


def _put_back(settings: VaultSettings, options: argparse.Namespace) -> None:
    with _database(settings) as engine:
        said = backup.put_back(settings, engine, options.file, options.identity, tools=Tools(options.postgresql_bin))
        print(*said, sep="\n")


def _make_backup_key(_settings: VaultSettings, options: argparse.Namespace) -> None:
    print(make_identity(options.file))


_BACKUPS = {"backup": _back_up, "restore": _put_back, "backup-key": _make_backup_key}


@contextmanager
def _database(settings: VaultSettings) -> Iterator[Engine]:
    """For a command that ends: its connections are closed behind it."""
    engine = open_engine(settings.database_url)
    try:
        yield engine
    finally:
        engine.dispose()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m central.vault", description=__doc__)
    home = argparse.ArgumentParser(add_help=False)
    home.add_argument("--home", type=Path, help="folder of the vault's keys and trust bundle (or VAULT_HOME)")
    commands = parser.add_subparsers(dest="command", required=True)
    raising = commands.add_parser("migrate", parents=[home], help="make or raise the database's schema")
    raising.add_argument("--revision", default="head", help="another revision than the newest; 'base' empties it")
    offer_parts(raising)
    serving = commands.add_parser("serve", parents=[home], help="serve central and holders")
    serving.add_argument("--host", default="127.0.0.1")
    serving.add_argument("--port", type=int, default=8101)
    serving.add_argument("--threads", type=int, default=4)
    serving.add_argument("--no-guard", action="store_true", help="the guard is a process of its own: `guard`")
    guarding = commands.add_parser("guard", parents=[home], help="make requested codes and granted accesses good")
    guarding.add_argument("--once", action="store_true", help="one round, then end")
    commands.add_parser("verify", parents=[home], help="check the audit chain")
    _offer_backups(commands, home)
    return parser


def _offer_backups(commands: Any, home: argparse.ArgumentParser) -> None:
    helps = {
        "backup-key": "make the key that opens backups: where it will be kept, offline",
        "backup": "one sealed file of the database as it is now; the service goes on",
        "restore": "make a backup the database; there must be none yet",
    }
    for name, text in helps.items():
        offered = commands.add_parser(name, parents=[home], help=text)
        offered.add_argument("file", type=Path)
        offered.add_argument("--postgresql-bin", type=Path, metavar="DIR", help="where pg_dump and pg_restore are")
        if name == "restore":
            offered.add_argument("--identity", type=Path, required=True, help="the private half that backup-key made")


if __name__ == "__main__":
    sys.exit(main())
