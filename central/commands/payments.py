"""Bank accounts, payments, and the papers beside them."""

from __future__ import annotations

import argparse
import json
from datetime import date
from pathlib import Path

from sqlalchemy import Connection

from central.anchors.service import newest
from central.commands.desk import Desk, Parsers, offer, offer_group
from central.engine import in_transaction, reading
from central.errors import SetupError
from central.keys import load_keys, load_ledger_key
from central.ledger.amounts import euros
from central.payments.accounts import BankAccount, read_account, set_account
from central.payments.ordering import Ordered, Wish, came_back, file_again, order
from central.payments.total import PaymentTotal, check_total, write_total
from wire.identifiers import milliseconds
from wire.records import sha256
from wire.trust import KeyUse

PAYER_FILE = "payer.json"
"""In central's home: ``{"holder": …, "iban": …, "bic": …}``, the account that pays."""


def add_parsers(parsers: Parsers) -> None:
    """Offer the commands."""
    group = offer_group(parsers, "payment", help="from closed months to the bank")

    account = offer(group, "account", _account, help="where an office is paid from now on; asks for the IBAN, unseen")
    account.add_argument("office")
    account.add_argument("--holder", required=True)
    account.add_argument("--bic")
    account.add_argument("--by", required=True, metavar="NAME")

    ordered = offer(
        group, "order", _order, help="pay all that is owed up to a closed month: the bank's file, a signed total"
    )
    ordered.add_argument("month")
    ordered.add_argument("--on", required=True, type=date.fromisoformat, metavar="DATE", help="day of execution")
    ordered.add_argument("--into", required=True, type=Path, metavar="FOLDER")
    ordered.add_argument("--by", required=True, metavar="NAME")

    again = offer(group, "file", _file, help="the file of a payment once more, byte by byte")
    again.add_argument("payment")
    again.add_argument("--into", required=True, type=Path, metavar="FOLDER")

    checked = offer(group, "check", _check, help="whether a signed total is of this very file")
    checked.add_argument("file", type=Path)
    checked.add_argument("total", type=Path)

    returned = offer(group, "returned", _returned, help="the bank could not pay an office: it is owed again")
    returned.add_argument("payment")
    returned.add_argument("office")
    returned.add_argument("--because", required=True, metavar="WORD")
    returned.add_argument("--by", required=True, metavar="NAME")


def read_payer(home: Path) -> BankAccount:
    """The account that pays.

    Raises:
        SetupError: ``payer``: the file is missing or no object; ``bank_account``.
    """
    try:
        said = json.loads((home / PAYER_FILE).read_text(encoding="utf-8"))
        return read_account(said["holder"], said["iban"], said.get("bic"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise SetupError(
            f"{PAYER_FILE} in central's home names the paying account: it cannot be read", code="payer"
        ) from error


def _account(desk: Desk, options: argparse.Namespace) -> int:
    # Never an argument: the command line is everybody's to read, and stays in the shell's history.
    account = read_account(options.holder, desk.ask_secret("IBAN (unseen): "), options.bic)
    now_ms, shards = milliseconds(desk.clock()), desk.settings.shards
    in_transaction(
        desk.engine,
        lambda connection: set_account(
            connection, options.office, account, by=options.by, shards=shards, now_ms=now_ms
        ),
    )
    desk.say(f"{options.office} is paid there from now on")
    return 0


def _order(desk: Desk, options: argparse.Namespace) -> int:
    key, now_ms = load_ledger_key(desk.settings.home), milliseconds(desk.clock())
    wish = Wish(month=options.month, execution_on=options.on, payer=read_payer(desk.settings.home), by=options.by)

    def work(connection: Connection) -> tuple[Ordered, bytes]:
        done = order(connection, wish, shards=desk.settings.shards, now_ms=now_ms)
        last = newest(connection)
        total = PaymentTotal(
            payment_id=done.payment_id,
            month=wish.month,
            execution_on=wish.execution_on.isoformat(),
            transfers=done.transfers,
            cents=done.cents,
            file_sha256=sha256(done.file),
            made_ms=now_ms,
            anchor=None if last is None else sha256(last[1]),
        )
        return done, write_total(total, key)

    done, total = in_transaction(desk.engine, work)
    path = _write(options.into, done.payment_id, done.file)
    path.with_suffix(".total").write_bytes(total)
    desk.say(f"payment {done.payment_id}: {done.transfers} transfers, {euros(done.cents)} EUR, {path}")
    for office in done.without_account:
        desk.say(f"no account: {office} is owed and was left out")
    return 0


def _file(desk: Desk, options: argparse.Namespace) -> int:
    with reading(desk.engine) as connection:
        file = file_again(connection, options.payment)
    desk.say(str(_write(options.into, options.payment, file)))
    return 0


def _check(desk: Desk, options: argparse.Namespace) -> int:
    key = load_keys(desk.settings.home, now=desk.clock()).trust.verifying_key(KeyUse.LEDGER)
    try:
        file, document = options.file.read_bytes(), options.total.read_bytes()
    except OSError as error:
        raise SetupError("the file or its total cannot be read", code="total_file") from error
    total = check_total(document, file, key)
    desk.say(
        f"signed: payment {total.payment_id}, {total.transfers} transfers, {euros(total.cents)} {total.currency}, "
        f"on {total.execution_on}"
    )
    return 0


def _returned(desk: Desk, options: argparse.Namespace) -> int:
    now_ms, shards = milliseconds(desk.clock()), desk.settings.shards
    cents = in_transaction(
        desk.engine,
        lambda connection: came_back(
            connection,
            options.payment,
            options.office,
            because=options.because,
            by=options.by,
            shards=shards,
            at_ms=now_ms,
        ),
    )
    desk.say(f"{euros(cents)} EUR are owed again: the next payment has them, to the account it finds then")
    return 0


def _write(folder: Path, payment_id: str, file: bytes) -> Path:
    """Readable by nobody else: it names accounts."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"dmp-{payment_id}.xml"
    path.touch(mode=0o600)
    path.write_bytes(file)
    return path
