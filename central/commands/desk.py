"""What every command works with: settings, database, time, where it writes, and how it asks for a secret."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Self, TextIO

from sqlalchemy import Engine

from central.app import open_engine
from central.errors import SetupError
from central.passwords import Passwords
from central.settings import CentralSettings

Parsers = Any
"""What ``add_subparsers`` returns; argparse has no public name for it."""

Command = Callable[["Desk", argparse.Namespace], int]
"""A command: answers the exit code."""

_HOME = argparse.ArgumentParser(add_help=False)
_HOME.add_argument(
    "--home",
    type=Path,
    default=argparse.SUPPRESS,  # a command within a group must not undo what stood before it
    help="folder of central's keys and trust bundle (or CENTRAL_HOME)",
)


@dataclass(frozen=True)
class Desk:
    """Made once per command line; ``ask_secret`` shows a prompt and returns what was typed, unseen."""

    settings: CentralSettings
    clock: Callable[[], datetime]
    out: TextIO
    ask_secret: Callable[[str], str]
    passwords: Passwords

    @cached_property
    def engine(self) -> Engine:
        """The database, at the newest shape."""
        return open_engine(self.settings)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Close the database's connections, if there are any."""
        opened: Engine | None = self.__dict__.get("engine")
        if opened is not None:
            opened.dispose()

    def say(self, line: str) -> None:
        """Write a line for the person at the machine."""
        self.out.write(line + "\n")
        self.out.flush()

    def chosen_secret(self, what: str, options: argparse.Namespace, generate: Callable[[], str]) -> str:
        """A secret that was asked for twice, or, with ``--generate``, drawn: say it once it is kept (:meth:`tell`).

        Raises:
            SetupError: ``typed_twice``: the two did not agree.
        """
        if options.generate:
            return generate()
        secret = self.ask_secret(f"{what}: ")
        if self.ask_secret(f"{what}, again: ") != secret:
            raise SetupError("the two were not the same: nothing was changed", code="typed_twice")
        return secret

    def tell(self, what: str, secret: str, options: argparse.Namespace) -> None:
        """Write a drawn secret, this once; one that was typed is known already."""
        if options.generate:
            self.say(f"{what}: {secret}")


def offer(parsers: Parsers, name: str, command: Command, **texts: str) -> argparse.ArgumentParser:
    """Add a command to the command line."""
    parser: argparse.ArgumentParser = parsers.add_parser(name, parents=[_HOME], **texts)
    parser.set_defaults(command=command)
    return parser


def offer_group(parsers: Parsers, name: str, **texts: str) -> Parsers:
    """Add a word that other commands follow: ``payment order``, ``payment check``."""
    group: argparse.ArgumentParser = parsers.add_parser(name, **texts)
    return group.add_subparsers(required=True, metavar="COMMAND")
