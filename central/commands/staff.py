"""Managers: made, locked, given a new second factor, mapped to the identity provider, listed."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection

from central.commands.desk import Desk, Parsers, offer
from central.devices.regions import check_region, region_name
from central.engine import in_transaction, reading
from central.errors import SetupError
from central.passwords import generate_password
from central.staff import service
from central.staff.permissions import Role
from central.staff.sign_in import PASSWORD_LIMIT


def add_parsers(parsers: Parsers) -> None:
    """Offer the commands."""
    manager = offer(parsers, "add-manager", _add, help="let a manager sign in; again: new password, role and region")
    manager.add_argument("name", help="sign-in name of 3 to 32 capitals, digits and dashes")
    scope = manager.add_mutually_exclusive_group(required=True)
    scope.add_argument("--region", help="INSEE code of the one region to see: 11, 94, 04")
    scope.add_argument("--national", action="store_true", help="sees all regions")
    manager.add_argument("--role", choices=[role.value for role in Role], help="else by region or national")
    manager.add_argument(
        "--generate", action="store_true", help="draw a password and print it, once: good for one sign-in in three days"
    )
    for command, work, text in (
        ("lock-manager", service.bar, "signs in no more, and is signed out at once"),
        ("unlock-manager", service.admit_again, "may sign in again"),
        ("reset-second-factor", service.reset_factor, "a telephone was lost: the next sign-in sets up another"),
    ):
        offer(parsers, command, _on_manager(work, text), help=text).add_argument("name")
    mapping = offer(parsers, "map-manager", _map, help="may come by the identity provider, as whom it names SUBJECT")
    mapping.add_argument("name")
    to = mapping.add_mutually_exclusive_group(required=True)
    to.add_argument("--subject", help="the value of the claim CENTRAL_OIDC_CLAIM")
    to.add_argument("--none", action="store_true", help="no longer")
    offer(parsers, "list-managers", _list, help="who may sign in, as what, and how; no secret")


def _add(desk: Desk, options: argparse.Namespace) -> int:
    name = service.check_name(options.name)
    region = None if options.national else check_region(options.region)
    role = Role(options.role) if options.role else (Role.NATIONAL if region is None else Role.REGIONAL_MANAGER)
    service.check_role(role, region)
    password = desk.chosen_secret("password", options, generate_password)
    if not service.PASSWORD_LEAST <= len(password) <= PASSWORD_LIMIT:
        raise SetupError(f"a password has {service.PASSWORD_LEAST} to {PASSWORD_LIMIT} characters", code="password")
    password_hash = desk.passwords.hash(password)
    now, shards = desk.clock(), desk.settings.shards
    in_transaction(
        desk.engine,
        lambda connection: service.add_manager(
            connection,
            name,
            role=role,
            region=region,
            password_hash=password_hash,
            is_printed=options.generate,
            now=now,
            shards=shards,
        ),
    )
    desk.tell("password", password, options)
    if options.generate:
        desk.say(f"good for one sign-in until {now + service.PRINTED_PASSWORD_LASTS:%Y-%m-%d %H:%M} UTC")
    desk.say(f"manager {name}, {role.value}, sees: {region_name(region)}")
    return 0


def _on_manager(work: Callable[..., None], text: str) -> Callable[[Desk, argparse.Namespace], int]:
    def command(desk: Desk, options: argparse.Namespace) -> int:
        name = service.check_name(options.name)
        _in_transaction(desk, work, name)
        desk.say(f"manager {name}: {text}")
        return 0

    return command


def _map(desk: Desk, options: argparse.Namespace) -> int:
    name = service.check_name(options.name)
    _in_transaction(desk, service.map_to_claim, name, None if options.none else options.subject)
    desk.say(f"manager {name}: {'no longer comes' if options.none else 'may come'} by the identity provider")
    return 0


def _list(desk: Desk, _options: argparse.Namespace) -> int:
    with reading(desk.engine) as connection:
        rows = service.list_managers(connection)
    for row in rows:
        ways = [
            *(["second factor"] if row.has_factor else []),
            *(["identity provider"] if row.comes_by_provider else []),
            *(["LOCKED"] if row.is_barred else []),
        ]
        desk.say(
            "  ".join([row.manager_id, row.role.value, region_name(row.region), ", ".join(ways) or "never signed in"])
        )
    if not rows:
        desk.say("no manager is known")
    return 0


def _in_transaction(desk: Desk, work: Callable[..., None], *arguments: Any) -> None:
    now, shards = desk.clock(), desk.settings.shards

    def run(connection: Connection) -> None:
        work(connection, *arguments, now=now, shards=shards)

    in_transaction(desk.engine, run)
