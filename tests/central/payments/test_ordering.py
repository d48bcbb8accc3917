"""Every office that is owed something is paid once; what the bank gives back is owed again."""

from __future__ import annotations

import pytest

from central.engine import in_transaction, reading
from central.errors import AlreadyThereError, NotFoundError, SetupError
from central.ledger.standing import Word
from central.payments.models import bank_accounts, payment_lines, payments
from central.payments.ordering import came_back, file_again
from central.statements import closing
from central.statements.models import statement_steps
from tests.central.intake_rig import PHARMACY
from tests.central.money_rig import BY, OTHER, MoneyRig, read_account


@pytest.fixture
def december(money: MoneyRig) -> MoneyRig:
    """November is closed: three euros are owed to an office that has an account."""
    terminal = money.terminal()
    for person in (1, 2, 3):
        money.enrol(terminal, person)
    money.account()
    money.at("2018-12-05T09:00:00+00:00")
    money.close_months()
    return money


def returned(money: MoneyRig, payment: str) -> int:
    return in_transaction(
        money.engine,
        lambda connection: came_back(
            connection, payment, PHARMACY, because="account_closed", by=BY, shards=1, at_ms=money.now_ms
        ),
    )


def test_what_is_owed_is_paid_once(december: MoneyRig) -> None:
    done = december.pay("2018-11")
    assert (done.payment_id, done.transfers, done.cents, done.without_account) == ("2018-11-1", 1, 300, ())
    with pytest.raises(NotFoundError):
        december.pay("2018-11")
    assert december.check_everything()["cents_paid"] == 300


def test_a_month_that_is_open_is_not_paid(december: MoneyRig) -> None:
    with pytest.raises(SetupError) as refused:
        december.pay("2018-12")
    assert refused.value.code == "period_open"


def test_an_office_without_account_is_named_and_paid_once_it_has_one(december: MoneyRig) -> None:
    december.enrol_elsewhere()
    december.at("2019-01-05T09:00:00+00:00")
    december.close_months()
    assert december.pay("2018-12").without_account == (OTHER,)
    december.account(OTHER)
    assert december.pay("2018-12").cents == 100
    assert december.check_everything()["cents_paid"] == 400


def test_a_contested_statement_waits_until_it_is_settled(december: MoneyRig) -> None:
    disputed = closing.Disputed(PHARMACY, "2018-11", "sums", BY)
    for act in (closing.contest, closing.settle):
        in_transaction(
            december.engine, lambda connection, act=act: act(connection, disputed, shards=1, at_ms=december.now_ms)
        )
        if act is closing.contest:
            with pytest.raises(NotFoundError):
                december.pay("2018-11")
    assert december.pay("2018-11").cents == 300


def test_an_office_that_owes_is_paid_when_it_is_owed_more(december: MoneyRig) -> None:
    december.pay("2018-11")
    december.annul(1)
    december.annul(2)
    december.at("2019-01-05T09:00:00+00:00")
    december.close_months()
    with pytest.raises(NotFoundError):
        december.pay("2018-12")
    terminal = december.terminal("T-PHARM-9")
    for person in (11, 12, 13):
        december.enrol(terminal, person)
    december.at("2019-02-05T09:00:00+00:00")
    december.close_months()
    assert december.pay("2019-01").cents == 100
    assert december.check_everything()["cents_paid"] == 400


def test_what_the_bank_gives_back_is_owed_again_and_paid_to_the_new_account(december: MoneyRig) -> None:
    first = december.pay("2018-11")
    assert returned(december, first.payment_id) == 300
    with pytest.raises(AlreadyThereError):
        returned(december, first.payment_id)
    december.pass_by(1)
    december.account(account=read_account("Pharmacie reprise", "GB29 NWBK 6016 1331 9268 19", None))
    second = december.pay("2018-11")
    assert (second.payment_id, second.cents) == ("2018-11-2", 300)
    assert b"GB29NWBK60161331926819" in second.file
    assert december.check_everything()["cents_paid"] == 300


def test_a_payment_that_had_nothing_for_an_office_cannot_come_back(december: MoneyRig) -> None:
    with pytest.raises(NotFoundError):
        returned(december, "2018-11-1")


def test_the_file_can_be_made_again_byte_by_byte(december: MoneyRig) -> None:
    done = december.pay("2018-11")
    december.amend(1, Word.HELD, "later")
    with reading(december.engine) as connection:
        assert file_again(connection, done.payment_id) == done.file


def test_a_line_that_was_changed_after_the_order_is_found(december: MoneyRig) -> None:
    done = december.pay("2018-11")
    with december.engine.begin() as connection:
        connection.execute(payment_lines.update().values(iban="GB29NWBK60161331926819"))
    with reading(december.engine) as connection, pytest.raises(SetupError) as refused:
        file_again(connection, done.payment_id)
    assert refused.value.code == "bank_file_differs"


def test_nothing_of_an_order_stays_when_the_bank_s_format_refuses_it(december: MoneyRig) -> None:
    with december.engine.begin() as connection:
        connection.execute(bank_accounts.update().values(iban="NOT-AN-IBAN"))
    with pytest.raises(SetupError) as refused:
        december.pay("2018-11")
    assert refused.value.code == "bank_file"
    assert december.rows(payments) == []
    assert [row.word for row in december.rows(statement_steps)] == ["stated"]
