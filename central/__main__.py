"""Central's command: ``python -m central --help``. Settings: the environment and ``--home`` (central/settings.py)."""

from __future__ import annotations

import argparse
import getpass
import logging
import sys
from collections.abc import Sequence

from central.app import system_clock
from central.backup.errors import BackupError
from central.commands import (
    abuse,
    anchors,
    annulment,
    automatic,
    backup,
    checks,
    fleet,
    ledger,
    numbers,
    numbers_for_others,
    payments,
    recount,
    service,
    staff,
    statements,
    worklist,
)
from central.commands.desk import Command, Desk
from central.errors import CentralError
from central.passwords import Passwords
from central.settings import load_settings
from wire.errors import WireError

_SERVICE = (service, backup, checks, recount)
_MONEY = (ledger, annulment, statements, payments, abuse, anchors)
_LOG_FORM = "%(asctime)s %(levelname)s %(name)s %(message)s"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when done, 1 with a sentence on standard error when it cannot."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format=_LOG_FORM)
    logging.getLogger("alembic").setLevel(logging.WARNING)  # it would announce itself before every command
    logging.getLogger("httpx2").setLevel(logging.WARNING)  # it would log every question to the vault
    command: Command = options.command
    try:
        desk = Desk(load_settings(getattr(options, "home", None)), system_clock, sys.stdout, _ask_secret, Passwords())
        with desk:
            return command(desk, options)
    except (CentralError, WireError, BackupError) as error:
        print(f"{error} [{error.code}]", file=sys.stderr)
        return 1


def _ask_secret(prompt: str) -> str:
    """Typed unseen at a terminal; a line of standard input when a script hands it in."""
    return getpass.getpass(prompt) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m central", description=__doc__)
    parsers = parser.add_subparsers(required=True, metavar="COMMAND")
    for offered in (*_SERVICE, fleet, staff, worklist, automatic, numbers, numbers_for_others, *_MONEY):
        offered.add_parsers(parsers)
    return parser


if __name__ == "__main__":
    sys.exit(main())
