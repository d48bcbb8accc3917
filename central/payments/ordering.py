"""Ordering a payment: every office that is owed something up to a closed month is paid once; what came back, again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Connection, func, insert, select

from central.engine import insert_rows
from central.errors import AlreadyThereError, NotFoundError, SetupError
from central.ledger.months import last_closed
from central.payments.accounts import BankAccount, accounts_now
from central.payments.bank_file import BankFormat, BankOrder, Transfer, bank_file
from central.payments.models import payment_lines, payments
from central.statements.book import Step, statements_upto, steps_of, write
from central.statements.models import statement_steps
from central.statements.standing import StatementState, Word
from wire.identifiers import moment
from wire.records import sha256

_FORMAT = BankFormat.V9


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Pay all that is owed up to ``month``, on a day, from an account; ``by`` is who asks for it."""

    month: str
    execution_on: date
    payer: BankAccount
    by: str


@dataclass(frozen=True, slots=True)
class Ordered:
    """A payment that was ordered, and who is owed something and was left out: without an account."""

    payment_id: str
    transfers: int
    cents: int
    file: bytes
    without_account: tuple[str, ...]


@dataclass
class _Due:
    """What one office is owed: its open statements, with how many steps each has; contested ones stay out."""

    cents: int = 0
    statements: list[tuple[str, int, int]] = field(default_factory=list)  # month, steps, cents


def order(connection: Connection, wish: Wish, *, shards: int, now_ms: int) -> Ordered:
    """Order a payment.

    Steps:

    1. the month is closed;
    2. for each office the statements that are neither paid nor contested are added up; one that owes more than it is
       owed is paid nothing, and its statements wait for better months;
    3. every such statement gets its step, also those that take something off, so that none is counted twice: two who
       order at once meet there;
    4. the file is made and validated; its hash stays.

    Raises:
        SetupError: ``period_open``: 1; ``bank_file``: 4. NotFoundError: nobody is owed anything that can be paid.
    """
    closed = last_closed(connection)
    if closed is None or wish.month > closed:  # 1
        raise SetupError("this month is not closed", code="period_open")
    accounts = accounts_now(connection)
    due = {office: one for office, one in _due(connection, wish.month).items() if one.cents > 0}  # 2
    paid = {office: one for office, one in due.items() if office in accounts}
    if not paid:
        raise NotFoundError("nobody is owed anything that could be paid", code="nothing_due")
    payment_id = _next_id(connection, wish.month)
    write(connection, _steps(paid, payment_id, wish.by), shards=shards, at_ms=now_ms)  # 3
    lines = [(office, one.cents, accounts[office]) for office, one in sorted(paid.items())]
    file = _file(payment_id, wish.month, now_ms, wish.execution_on, wish.payer, lines)  # 4
    cents = sum(one.cents for one in paid.values())
    connection.execute(
        insert(payments).values(
            payment_id=payment_id,
            month=wish.month,
            made_ms=now_ms,
            execution_on=wish.execution_on.isoformat(),
            payer_name=wish.payer.holder,
            payer_iban=wish.payer.iban,
            payer_bic=wish.payer.bic,
            lines=len(paid),
            cents=cents,
            file_hash=sha256(file),
            made_by=wish.by,
        )
    )
    insert_rows(connection, payment_lines, [_line(payment_id, *line) for line in lines])
    return Ordered(payment_id, len(paid), cents, file, tuple(sorted({*due} - {*paid})))


def file_again(connection: Connection, payment_id: str) -> bytes:
    """The file of a payment that was ordered, byte by byte as it was.

    Raises:
        NotFoundError: no such payment. SetupError: ``bank_file_differs``: its lines were changed since.
    """
    row = connection.execute(select(payments).where(payments.c.payment_id == payment_id)).one_or_none()
    if row is None:
        raise NotFoundError("no such payment")
    lines = [
        (line.office_id, line.cents, BankAccount(line.holder, line.iban, line.bic))
        for line in connection.execute(
            select(payment_lines).where(payment_lines.c.payment_id == payment_id).order_by(payment_lines.c.office_id)
        )
    ]
    payer = BankAccount(row.payer_name, row.payer_iban, row.payer_bic)
    file = _file(payment_id, row.month, row.made_ms, date.fromisoformat(row.execution_on), payer, lines)
    if sha256(file) != row.file_hash:
        raise SetupError("what was ordered is not what stands here now", code="bank_file_differs")
    return file


def came_back(
    connection: Connection, payment_id: str, office_id: str, *, because: str, by: str, shards: int, at_ms: int
) -> int:
    """The bank could not pay an office: its statements are owed again; how many cents came back.

    Raises:
        NotFoundError: this payment had nothing for the office. AlreadyThereError: it came back before.
    """
    ordered = select(statement_steps.c.month, statement_steps.c.paid).where(
        statement_steps.c.office_id == office_id, statement_steps.c.payment_id == payment_id
    )
    paid = connection.execute(ordered.where(statement_steps.c.word == Word.PAID.value)).all()
    if not paid:
        raise NotFoundError("this payment had nothing for this office")
    if connection.execute(ordered.where(statement_steps.c.word == Word.RETURNED.value)).first():
        raise AlreadyThereError("this came back before")
    steps = [
        Step(
            office_id=office_id,
            month=row.month,
            step=len(steps_of(connection, office_id, row.month)),
            word=Word.RETURNED,
            actor=f"person:{by}",
            paid=-row.paid,
            payment_id=payment_id,
            reason=because,
        )
        for row in paid
    ]
    write(connection, steps, shards=shards, at_ms=at_ms)
    return sum(row.paid for row in paid)


def _due(connection: Connection, month: str) -> dict[str, _Due]:
    due: dict[str, _Due] = {}
    for office, of_month, statement, steps in statements_upto(connection, month):
        if statement.state is StatementState.STATED:
            one = due.setdefault(office, _Due())
            one.cents += statement.open_cents
            one.statements.append((of_month, steps, statement.open_cents))
    return due


def _steps(paid: dict[str, _Due], payment_id: str, by: str) -> Iterable[Step]:
    for office, one in paid.items():
        for month, steps, cents in one.statements:
            yield Step(
                office_id=office,
                month=month,
                step=steps,
                word=Word.PAID,
                actor=f"person:{by}",
                paid=cents,
                payment_id=payment_id,
            )


def _next_id(connection: Connection, month: str) -> str:
    before = connection.scalar(select(func.count()).select_from(payments).where(payments.c.month == month)) or 0
    return f"{month}-{before + 1}"


def _file(
    payment_id: str,
    month: str,
    made_ms: int,
    execution_on: date,
    payer: BankAccount,
    lines: Sequence[tuple[str, int, BankAccount]],
) -> bytes:
    transfers = [
        Transfer(f"{payment_id}-{place}", account, cents, f"Ouverture de DMP, releve {month}, {office}")
        for place, (office, cents, account) in enumerate(lines, 1)
    ]
    return bank_file(BankOrder(f"DMP-{payment_id}", moment(made_ms), execution_on, payer, transfers), _FORMAT)


def _line(payment_id: str, office_id: str, cents: int, account: BankAccount) -> dict[str, object]:
    return {
        "payment_id": payment_id,
        "office_id": office_id,
        "cents": cents,
        "holder": account.holder,
        "iban": account.iban,
        "bic": account.bic,
    }
