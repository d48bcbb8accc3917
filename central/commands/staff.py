"""Managers."""

from __future__ import annotations

import argparse

from central.commands.desk import Desk, Parsers, offer
from central.devices.regions import check_region, region_name
from central.engine import in_transaction
from central.errors import SetupError
from central.passwords import generate_password
from central.staff.service import PASSWORD_LEAST, add_manager, check_name
from central.staff.sign_in import PASSWORD_LIMIT


def add_parsers(parsers: Parsers) -> None:
    """Offer the command."""
    manager = offer(parsers, "add-manager", _add_manager, help="let a manager sign in; again: new password and region")
    manager.add_argument("name", help="sign-in name of 3 to 32 capitals, digits and dashes")
    scope = manager.add_mutually_exclusive_group(required=True)
    scope.add_argument("--region", help="INSEE code of the one region to see: 11, 94, 04")
    scope.add_argument("--national", action="store_true", help="sees all regions")
    manager.add_argument("--generate", action="store_true", help="draw a password and print it, once")


def _add_manager(desk: Desk, options: argparse.Namespace) -> int:
    name = check_name(options.name)
    region = None if options.national else check_region(options.region)
    password = desk.chosen_secret("password", options, generate_password)
    if not PASSWORD_LEAST <= len(password) <= PASSWORD_LIMIT:
        raise SetupError(f"a password has {PASSWORD_LEAST} to {PASSWORD_LIMIT} characters", code="password")
    password_hash = desk.passwords.hash(password)
    now, shards = desk.clock(), desk.settings.shards
    in_transaction(
        desk.engine,
        lambda connection: add_manager(
            connection, name, region=region, password_hash=password_hash, now=now, shards=shards
        ),
    )
    desk.tell("password", password, options)
    desk.say(f"manager {name} sees: {region_name(region)}")
    return 0
