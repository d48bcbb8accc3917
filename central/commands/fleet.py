"""Offices, operators, tickets, revocation."""

from __future__ import annotations

import argparse

from sqlalchemy import Connection

from central.commands.desk import Desk, Parsers, offer
from central.devices.fleet import OFFICE_KINDS, ROLES, Fleet, NewOffice, NewOperator
from central.devices.regions import check_departement, check_region
from central.engine import in_transaction, reading
from central.errors import SetupError
from central.keys import read_root
from central.passwords import generate_pin
from wire.identifiers import Finess, OfficeId, OperatorId, office_id, operator_id, terminal_id

# Digits. Four would be guessed: five tries in five minutes are 1,440 a day, and a stolen terminal holds the hash.
_PIN_LEAST, _PIN_MOST = 6, 12


def add_parsers(parsers: Parsers) -> None:
    """Offer the commands."""
    office = offer(parsers, "add-office", _add_office, help="take a CPAM hall or a pharmacy into the fleet")
    office.add_argument("office", help="name of 3 to 32 capitals, digits and dashes: CPAM-75-BEAUVAU")
    office.add_argument("--name", required=True, help="as shown and printed")
    office.add_argument("--kind", required=True, choices=OFFICE_KINDS)
    office.add_argument("--line", action="append", default=[], help="a line of the address; may be repeated")
    office.add_argument("--departement", required=True, help="INSEE code: 75, 2A, 974")
    office.add_argument("--region", required=True, help="INSEE code: 11, 94, 04")
    office.add_argument("--finess", help="of a pharmacy: whom the ledger pays")
    office.add_argument("--help-line", help="telephone number printed on slips")
    office.add_argument("--pre-ticked", action="store_true", help="this pharmacy asks as the guide does (EX_1.1-1050)")

    pre_tick = offer(parsers, "pre-tick", _pre_tick, help="how a pharmacy asks about the emergency accesses")
    pre_tick.add_argument("office")
    pre_tick.add_argument("wanted", choices=("on", "off"), help="on: ticked as in the guide; off: an open question")

    operator = offer(parsers, "add-operator", _add_operator, help="let someone work at an office; again: a new PIN")
    operator.add_argument("operator", help="name of 3 to 32 capitals, digits and dashes; never a person's name")
    operator.add_argument("--office", required=True)
    operator.add_argument("--role", required=True, choices=ROLES)
    operator.add_argument("--display-name", required=True, help="what the terminal shows at sign-in")
    operator.add_argument("--generate", action="store_true", help="draw a PIN and print it, once, instead of asking")

    retire = offer(parsers, "retire-operator", _retire_operator, help="somebody left: their PIN attests nothing more")
    retire.add_argument("operator")
    retire.add_argument("--office", required=True)

    ticket = offer(parsers, "issue-ticket", _issue_ticket, help="make a place for a terminal; prints its ticket")
    ticket.add_argument("terminal", help="name of 3 to 32 capitals, digits and dashes")
    ticket.add_argument("--office", required=True)

    revoke = offer(parsers, "revoke-terminal", _revoke, help="a terminal is lost or stolen")
    revoke.add_argument("terminal")


def _add_office(desk: Desk, options: argparse.Namespace) -> int:
    office = NewOffice(
        office=office_id(options.office),
        name=options.name,
        kind=options.kind,
        lines=options.line,
        departement=check_departement(options.departement),
        region=check_region(options.region),
        finess=None if options.finess is None else Finess.parse(options.finess),
        help_line=options.help_line,
        pre_ticked_emergency=options.pre_ticked,
    )
    in_transaction(desk.engine, lambda connection: _fleet(desk, connection).add_office(office))
    desk.say(f"office {office.office} added")
    return 0


def _pre_tick(desk: Desk, options: argparse.Namespace) -> int:
    office, wanted = office_id(options.office), options.wanted == "on"
    in_transaction(desk.engine, lambda connection: _fleet(desk, connection).pre_tick(office, wanted=wanted))
    asks = "with both accesses ticked" if wanted else "with an open question"
    desk.say(f"office {office} asks {asks}; terminals learn it at their next question")
    return 0


def _add_operator(desk: Desk, options: argparse.Namespace) -> int:
    operator, office = operator_id(options.operator), office_id(options.office)
    pin = desk.chosen_secret("PIN", options, generate_pin)
    if not (pin.isascii() and pin.isdigit() and _PIN_LEAST <= len(pin) <= _PIN_MOST):
        raise SetupError(f"a PIN has {_PIN_LEAST} to {_PIN_MOST} digits", code="pin")
    _check_pin_is_nobodys(desk, operator, office, pin)
    new = NewOperator(
        operator=operator,
        office=office,
        role=options.role,
        display_name=options.display_name,
        pin_hash=desk.passwords.hash(pin),
    )
    in_transaction(desk.engine, lambda connection: _fleet(desk, connection).add_operator(new))
    desk.tell("PIN", pin, options)
    what = "prepare" if options.role == "preparer" else "attest"
    desk.say(f"operator {operator} may {what} at {office}; terminals learn it at their next question")
    return 0


def _retire_operator(desk: Desk, options: argparse.Namespace) -> int:
    operator, office = operator_id(options.operator), office_id(options.office)
    in_transaction(desk.engine, lambda connection: _fleet(desk, connection).retire_operator(operator, office))
    desk.say(f"operator {operator} attests no more at {office}; terminals learn it at their next question")
    return 0


def _check_pin_is_nobodys(desk: Desk, operator: OperatorId, office: OfficeId, pin: str) -> None:
    # A terminal knows an operator by the PIN alone: one that two share would let each attest in the other's name.
    with reading(desk.engine) as connection:
        others = _fleet(desk, connection).pin_hashes(office, besides=operator)
    if any(desk.passwords.matches(stored, pin) for stored in others):
        raise SetupError("somebody else of this office has this PIN: choose another one", code="pin_taken")


def _issue_ticket(desk: Desk, options: argparse.Namespace) -> int:
    terminal, office = terminal_id(options.terminal), office_id(options.office)
    root = read_root(desk.settings.home)
    ticket = in_transaction(
        desk.engine,
        lambda connection: _fleet(desk, connection).issue_ticket(
            terminal, office, central=desk.settings.public_url, root=root
        ),
    )
    # The line alone, so that it can be piped into the ticket sheet; its life: devices.tickets.VALIDITY.
    desk.say(ticket.text())
    return 0


def _revoke(desk: Desk, options: argparse.Namespace) -> int:
    terminal = terminal_id(options.terminal)
    in_transaction(desk.engine, lambda connection: _fleet(desk, connection).revoke(terminal))
    desk.say(f"terminal {terminal} is revoked")
    return 0


def _fleet(desk: Desk, connection: Connection) -> Fleet:
    return Fleet(connection, now=desk.clock(), shards=desk.settings.shards)
