"""The command line of provisioning: `python -m provisioning COMMAND`; `--help` after each command says what it needs.

make-keys     root, service keys, secrets and trust bundle, on the offline machine
renew-bundle  the same keys, next serial, new validity
rotate        a new signing key, next serial
ticket-sheet  a ticket as QR (PNG, SVG, screen) and text
register      this machine becomes the terminal of a ticket
inspect       what is in a home, without secrets
self-check    is this terminal ready: runs `python -m kiosk self-check`
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from provisioning.authority import SIGNING_USES, Home, Programme, make_keys, renew_bundle, rotate_signing_key
from provisioning.bundle import SignedBundle
from provisioning.central_link import HttpCentralLink
from provisioning.errors import ProvisioningError
from provisioning.inspection import describe_home
from provisioning.private_files import Owner
from provisioning.registration import register
from provisioning.ticket_sheet import read_ticket, terminal_text, write_sheet
from wire.trust import KeyUse

_DAYS = 365


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when done, 1 when refused (the sentence goes to the error stream)."""
    options = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = options.command
    try:
        return command(options)
    except ProvisioningError as error:
        print(f"{error.code}: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m provisioning", description=__doc__.partition("\n")[0])
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, command, line in (
        ("make-keys", _make_keys, "make root, service keys and trust bundle"),
        ("renew-bundle", _renew_bundle, "sign the same keys with the next serial"),
        ("rotate", _rotate, "replace a signing key"),
    ):
        sub = commands.add_parser(name, help=line)
        _add_programme(sub)
        sub.set_defaults(command=command)
        if name == "rotate":
            sub.add_argument("--use", required=True, choices=sorted(use.value for use in SIGNING_USES))
    sheet = commands.add_parser("ticket-sheet", help="a ticket as QR and text")
    sheet.add_argument("--ticket", required=True, help='the line "DMP1 …", or - to read it from standard input')
    sheet.add_argument("--out", type=Path, help="folder for ticket.png, ticket.svg, ticket.txt; else only the screen")
    sheet.set_defaults(command=_ticket_sheet)
    terminal = commands.add_parser("register", help="become the terminal of a ticket")
    terminal.add_argument("--ticket", required=True, help='the line "DMP1 …", or - to read it from standard input')
    terminal.add_argument("--home", type=Path, required=True)
    terminal.add_argument(
        "--authorities", type=Path, help="PEM file of the only authorities that may vouch for central"
    )
    terminal.set_defaults(command=_register)
    for name, command, line in (
        ("inspect", _inspect, "what is in a home, without secrets"),
        ("self-check", _self_check, "is this terminal ready"),
    ):
        sub = commands.add_parser(name, help=line)
        sub.add_argument("--home", type=Path, required=True)
        sub.set_defaults(command=command)
        if name == "self-check":
            sub.add_argument("more", nargs="*", help="after --: options of `python -m kiosk self-check`, as --printer")
    return parser


def _add_programme(parser: argparse.ArgumentParser) -> None:
    for name in ("root", "central", "vault"):
        parser.add_argument(f"--{name}", type=Path, required=True, help=f"folder of the {name}")
    for name in ("central", "vault"):
        parser.add_argument(f"--{name}-owner", help=f"user under whom {name} runs; needs root; default: who runs this")
    parser.add_argument("--days", type=_positive, default=_DAYS, help=f"validity of the bundle, default {_DAYS}")


def _positive(text: str) -> int:
    days = int(text)
    if days <= 0:
        raise argparse.ArgumentTypeError("a bundle is valid for at least one day")
    return days


def _programme(options: argparse.Namespace) -> Programme:
    def owner(name: str | None) -> Owner:
        return Owner.named(name) if name else Owner.current()

    return Programme(
        root=Home(options.root, Owner.current()),
        central=Home(options.central, owner(options.central_owner)),
        vault=Home(options.vault, owner(options.vault_owner)),
    )


def _make_keys(options: argparse.Namespace) -> int:
    _say(make_keys(_programme(options), now=datetime.now(UTC), days=options.days))
    print(f"Keep {options.root} offline. {options.central} goes to central, {options.vault} to the vault.")
    return 0


def _renew_bundle(options: argparse.Namespace) -> int:
    _say(renew_bundle(_programme(options), now=datetime.now(UTC), days=options.days))
    return 0


def _rotate(options: argparse.Namespace) -> int:
    _say(rotate_signing_key(_programme(options), KeyUse(options.use), now=datetime.now(UTC), days=options.days))
    print("Copy key and bundle to their homes and restart that service; terminals fetch the bundle by themselves.")
    return 0


def _say(bundle: SignedBundle) -> None:
    print(f"Trust bundle {bundle.serial}, valid until {bundle.valid_until:%Y-%m-%d %H:%M} UTC.")


def _ticket_sheet(options: argparse.Namespace) -> int:
    ticket = read_ticket(_ticket_text(options))
    if options.out:
        sheet = write_sheet(ticket, options.out, Owner.current())
        print(f"{sheet.png}\n{sheet.svg}\n{sheet.text}")
    else:
        print(terminal_text(ticket))
        print(ticket.text())
    return 0


def _register(options: argparse.Namespace) -> int:
    ticket = read_ticket(_ticket_text(options))
    link = HttpCentralLink(ticket.central, options.authorities)
    try:
        done = register(ticket, options.home, link, Owner.current(), now=datetime.now(UTC))
    finally:
        link.close()
    print(f"This machine is terminal {done.terminal} of office {done.office}, trust bundle {done.bundle_serial}.")
    return 0


def _ticket_text(options: argparse.Namespace) -> str:
    return sys.stdin.readline() if options.ticket == "-" else str(options.ticket)


def _inspect(options: argparse.Namespace) -> int:
    needs_a_hand = False
    for line in describe_home(options.home, Owner.current(), now=datetime.now(UTC)):
        print(line)
        needs_a_hand = needs_a_hand or line.startswith("!")
    return int(needs_a_hand)


def _self_check(options: argparse.Namespace) -> int:
    command = [sys.executable, "-m", "kiosk", "self-check", "--home", str(options.home), *options.more]
    return subprocess.run(command, check=False).returncode  # noqa: S603 - our own interpreter, a path and no shell


if __name__ == "__main__":
    sys.exit(main())
