"""A closed month is stated once, to the cent, and never again otherwise."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from central.audit.models import audit_entries
from central.engine import in_transaction, writing
from central.errors import AlreadyThereError, NotFoundError
from central.ledger.standing import Word
from central.statements import closing
from central.statements.book import verify_statements
from central.statements.models import statement_steps
from tests.central.intake_rig import PHARMACY
from tests.central.money_rig import BY, MoneyRig


def test_a_month_states_what_was_booked_in_it(november: MoneyRig) -> None:
    assert november.close_months() == (["2018-11"], 1)
    [step] = november.rows(statement_steps)
    assert (step.office_id, step.month, step.word) == (PHARMACY, "2018-11", "stated")
    assert (step.entries, step.openings, step.cents, step.owed) == (4, 3, 300, 200)
    november.check_everything()


def test_a_correction_falls_in_the_month_in_which_it_is_made(november: MoneyRig) -> None:
    november.close_months()
    november.amend(3, Word.RELEASED, "hand-look")
    november.annul(1)
    assert november.statements() == {(PHARMACY, "2018-11"): 200}
    november.at("2019-01-05T09:00:00+00:00")
    november.close_months()
    assert november.statements() == {(PHARMACY, "2018-11"): 200, (PHARMACY, "2018-12"): 0}
    november.check_everything()


def test_an_office_may_owe(november: MoneyRig) -> None:
    november.close_months()
    november.annul(1)
    november.at("2019-01-05T09:00:00+00:00")
    november.close_months()
    assert november.statements()[PHARMACY, "2018-12"] == -100


def test_closing_that_was_cut_short_between_month_and_statements_goes_on(november: MoneyRig) -> None:
    in_transaction(
        november.engine,
        lambda connection: closing.months.close_month(connection, "2018-11", by=BY, shards=1, now_ms=november.now_ms),
    )
    assert [row.word for row in november.rows(statement_steps)] == []
    assert any("NOT what was booked" in line for line in november.recount().lines())
    assert november.close_months() == ([], 1)
    assert november.close_months() == ([], 0)
    november.check_everything()


def test_each_step_has_its_entry_in_the_audit(november: MoneyRig) -> None:
    november.close_months()
    dispute(november, closing.contest)
    dispute(november, closing.settle)
    told = [(row.tag, row.subject, row.detail) for row in november.rows(audit_entries)]
    office = PHARMACY.encode()
    assert [one for one in told if one[0].startswith(("statement:", "ledger:month"))] == [
        ("ledger:month_closed", b"2018-11", None),
        ("statement:stated", office, "0 2018-11"),
        ("statement:contested", office, "1 2018-11"),
        ("statement:settled", office, "2 2018-11"),
    ]


def dispute(money: MoneyRig, act: closing.Dispute, month: str = "2018-11") -> None:
    disputed = closing.Disputed(PHARMACY, month, "sums", BY)
    in_transaction(money.engine, lambda connection: act(connection, disputed, shards=1, at_ms=money.now_ms))


def test_a_dispute_begins_and_ends_once(november: MoneyRig) -> None:
    november.close_months()
    with pytest.raises(AlreadyThereError):
        dispute(november, closing.settle)
    dispute(november, closing.contest)
    with pytest.raises(AlreadyThereError):
        dispute(november, closing.contest)
    with pytest.raises(NotFoundError):
        dispute(november, closing.contest, "2018-10")


@pytest.mark.parametrize(
    ("tampering", "auditors", "finding"),
    [
        ("UPDATE statement_steps SET owed = 300", {6, 7}, "NOT what was booked"),
        ("UPDATE ledger_entries SET owed = 0 WHERE step = 0 AND state = 'accrued'", {4, 6, 7}, "DIFFER"),
        ("DELETE FROM statement_steps", {6, 7}, "NOT what was booked"),
        ("UPDATE ledger_entries SET booked_ms = booked_ms + 5000000000", {6, 7}, "BROKEN"),
    ],
)
def test_a_statement_that_is_not_its_entries_is_found_by_all_who_add_up(
    november: MoneyRig, tampering: str, auditors: set[int], finding: str
) -> None:
    november.close_months()
    with writing(november.engine) as connection:
        connection.execute(text(tampering))
    assert {row[0] for row in november.sql_audit() if row[4]} == auditors
    assert any(finding in line for line in november.recount().lines())
    assert november.export_faults()


def test_the_chain_of_statements_shows_who_was_changed(november: MoneyRig) -> None:
    november.close_months()
    with writing(november.engine) as connection:
        connection.execute(text("UPDATE statement_steps SET actor = 'person:NOBODY'"))
        assert verify_statements(connection, 0).broken_at == 1
