"""What is said of an amount after its opening: entry, audit, counters, and what the vault and a supervisor cause."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError

from central.audit.models import audit_entries
from central.counters.models import counters
from central.engine import in_transaction
from central.enrolments.models import dossiers
from central.errors import AlreadyThereError, NotFoundError
from central.handover.models import outbox
from central.intake.annulment import annul
from central.ledger.models import ledger_entries
from central.ledger.service import entries_of
from central.ledger.standing import Word
from tests.central.money_rig import BY, MoneyRig, audit_export
from wire.handover import HandOverOutcome


def tags(money: MoneyRig) -> list[str]:
    return [row.tag for row in money.rows(audit_entries) if row.tag.startswith("ledger:")]


def counted(money: MoneyRig, measure: str) -> int:
    """In all time, as a dashboard adds it up."""
    rows = money.rows(counters)
    return sum(row.value for row in rows if (row.dimension, row.period, row.measure) == ("total", "all", measure))


def entries(money: MoneyRig, person: int) -> list[tuple[str, str | None, str, int, int]]:
    def read(connection: object) -> list[tuple[str, str | None, str, int, int]]:
        rows = entries_of(connection, money.dossier(person))  # type: ignore[arg-type]
        return [(row["entry"], row["reason"], row["state"], row["cents"], row["owed"]) for row in rows]

    return in_transaction(money.engine, read)


def test_an_amount_is_never_changed_but_followed_by_another_entry(money: MoneyRig) -> None:
    money.enrol(money.terminal(), 1)
    money.amend(1, Word.HELD, "hand-look")
    money.amend(1, Word.RELEASED, "hand-look")
    assert entries(money, 1) == [
        ("opening", None, "accrued", 100, 100),
        ("held", "hand-look", "held", 0, -100),
        ("released", "hand-look", "accrued", 0, 100),
    ]
    assert tags(money) == ["ledger:accrued", "ledger:held_back", "ledger:released"]
    money.check_everything()


def test_what_is_so_already_makes_no_entry_and_no_trace(money: MoneyRig) -> None:
    money.enrol(money.terminal(), 1)
    money.amend(1, Word.HELD, "a")
    assert money.amend(1, Word.HELD, "a") == []
    assert money.amend(1, Word.RELEASED, "b") == []
    assert len(tags(money)) == 2


def test_counters_follow_each_word(money: MoneyRig) -> None:
    money.enrol(money.terminal(), 1)
    money.enrol(money.terminal("T-PHARM-2"), 2)
    money.amend(1, Word.HELD, "a")
    assert (counted(money, "cents_accrued"), counted(money, "cents_held")) == (100, 100)
    money.check_everything()
    money.amend(1, Word.REVERSED, "a")
    assert (counted(money, "cents_accrued"), counted(money, "cents_held")) == (100, 0)


def test_a_euro_taken_back_that_nothing_explains_is_found_by_all_who_add_up(money: MoneyRig) -> None:
    money.enrol(money.terminal(), 1)
    money.amend(1, Word.REVERSED, "because")
    assert not money.recount().money.agrees
    assert [row[0] for row in money.sql_audit() if row[4]] == [1, 2]
    done = audit_export(money.export())
    assert done.returncode == 1
    assert "worth 100, booked 0" in done.stderr


def test_a_hall_s_opening_has_no_amount_to_hold(money: MoneyRig) -> None:
    hall = money.terminal("T-HALL-1", at_hall=True)
    money.enrol(hall, 1, operator="AGENT-01", role="agent")
    assert money.amend(1, Word.HELD, "a") == []


def test_an_annulled_opening_is_taken_back_and_the_dossier_closed_for_ever(money: MoneyRig) -> None:
    money.enrol(money.terminal(), 1)
    money.vault_says(1, HandOverOutcome.KEPT)
    assert money.annul(1) == 100
    [dossier], [told] = money.rows(dossiers), money.rows(outbox)
    assert (dossier.state, dossier.motive, dossier.deletion_asked) == ("closed", "ANNULMENT", True)
    assert (told.action, told.kind) == ("change", "annulment")
    assert entries(money, 1)[-1] == ("reversed", "annulled", "reversed", -100, -100)
    assert money.check_everything()["cents_earned"] == 0


def test_annulling_twice_takes_nothing_back_twice(money: MoneyRig) -> None:
    money.enrol(money.terminal(), 1)
    money.annul(1)
    with pytest.raises(AlreadyThereError):
        money.annul(1)
    assert len(entries(money, 1)) == 2


def test_a_dossier_that_was_closed_before_is_annulled_too(money: MoneyRig) -> None:
    terminal = money.terminal()
    money.enrol(terminal, 1)
    money.send(terminal, terminal.come_back("closure_request", 1, at=money.now), at=money.now)
    money.annul(1)
    [dossier] = money.rows(dossiers)
    assert (dossier.state, dossier.motive) == ("closed", "ANNULMENT")
    assert money.check_everything()["cents_earned"] == 0


def test_a_second_enrolment_opened_nothing_so_nothing_is_annulled(money: MoneyRig) -> None:
    terminal = money.terminal()
    money.enrol(terminal, 1)
    second = money.enrol(terminal, 1)
    with pytest.raises(NotFoundError):
        in_transaction(
            money.engine,
            lambda connection: annul(connection, money.parts, second, because="x", by=BY, now_ms=money.now_ms),
        )
    assert money.check_everything()["cents_earned"] == 100


def test_what_the_vault_refuses_to_open_is_taken_back_until_it_is_sent_again(money: MoneyRig) -> None:
    money.enrol(money.terminal(), 1)
    money.vault_says(1, HandOverOutcome.REFUSED)
    assert entries(money, 1)[-1] == ("reversed", "vault_refused", "reversed", -100, -100)
    assert money.check_everything()["cents_earned"] == 0
    money.send_again()
    assert entries(money, 1)[-1] == ("reinstated", "vault_refused", "accrued", 100, 100)
    money.vault_says(1, HandOverOutcome.KEPT)
    assert money.check_everything()["cents_earned"] == 100


def test_a_change_that_the_vault_refuses_takes_no_euro_back(money: MoneyRig) -> None:
    terminal = money.terminal()
    money.enrol(terminal, 1)
    money.vault_says(1, HandOverOutcome.KEPT)
    money.send(terminal, terminal.come_back("contact_change", 1, at=money.now), at=money.now)
    money.vault_says(1, HandOverOutcome.REFUSED)
    assert len(entries(money, 1)) == 1


def test_one_dossier_and_step_stands_once(money: MoneyRig) -> None:
    money.enrol(money.terminal(), 1)
    money.amend(1, Word.HELD, "a")
    [_, row] = sorted(money.rows(ledger_entries), key=lambda one: one.step)
    with pytest.raises(IntegrityError), money.engine.begin() as connection:
        connection.execute(ledger_entries.insert().values(**row._mapping))


def test_a_rate_that_changes_for_days_gone_by_is_corrected_now(money: MoneyRig) -> None:
    terminal = money.terminal()
    money.enrol(terminal, 1)
    money.at("2018-12-10T09:00:00+00:00")
    money.close_months()
    before = money.statements()
    money.enrol(terminal, 2)
    money.new_rules(150, "2018-11-01")
    assert entries(money, 1)[-1] == ("corrected", "to 150", "accrued", 50, 50)
    assert money.statements() == before
    assert money.check_everything()["cents_earned"] == 300


def test_a_rate_that_changes_from_tomorrow_corrects_nothing(money: MoneyRig) -> None:
    terminal = money.terminal()
    money.enrol(terminal, 1)
    money.new_rules(150, "2018-11-07")
    assert len(entries(money, 1)) == 1
    money.at("2018-11-07T09:00:00+00:00")
    money.enrol(terminal, 2)
    assert money.check_everything()["cents_earned"] == 250
