"""Cases are filed once, hold money back, and are decided once by somebody named."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from central.abuse.models import abuse_cases, abuse_evidence, enrolment_signals
from central.abuse.scan import KEPT_DAYS, WINDOW_DAYS, forget, read_new, window
from central.abuse.scores import Window, suspicions
from central.abuse.verdicts import Verdict
from central.audit.models import audit_entries
from central.engine import in_transaction, reading
from central.errors import AlreadyThereError, NotFoundError
from central.intake.models import records
from central.ledger.service import entries_of
from central.ledger.standing import Word, fold_rows
from tests.central.intake_rig import PHARMACY
from tests.central.money_rig import OTHER, MoneyRig
from tests.fakes.databases import written_by
from tests.fakes.terminal import fictitious_nir
from wire.evidence import Contact
from wire.nir import InsAuthority


def state(money: MoneyRig, person: int) -> str:
    with reading(money.engine) as connection:
        return str(fold_rows(entries_of(connection, money.dossier(person))).state.value)


def scan(money: MoneyRig) -> int:
    """Read what is new, in portions as the command does; how many enrolments that were."""
    read, after = 0, b""
    while True:
        some, more = in_transaction(money.engine, _portion(money, after))
        read += some
        if more is None:
            return read
        after = more


def _portion(money: MoneyRig, after: bytes) -> Any:
    return lambda connection: read_new(connection, money.keys, InsAuthority.NIR_TEST, now_ms=money.now_ms, after=after)


def looked_at(money: MoneyRig) -> Window:
    with reading(money.engine) as connection:
        return window(connection, now_ms=money.now_ms)


@pytest.fixture
def three(money: MoneyRig) -> MoneyRig:
    terminal = money.terminal()
    for person in (1, 2, 3):
        money.enrol(terminal, person)
    return money


def test_a_strong_suspicion_holds_and_a_weak_one_only_asks(three: MoneyRig) -> None:
    assert three.suspect(1, percent=100)
    assert three.suspect(2, percent=99, score="at_night")
    assert [state(three, person) for person in (1, 2, 3)] == ["held", "accrued", "accrued"]
    three.check_everything()


def test_cleared_is_paid_and_confirmed_is_taken_back(three: MoneyRig) -> None:
    first, second = three.suspect(1), three.suspect(2, score="at_night")
    assert three.decide(first, Verdict.CLEARED) == 100
    assert three.decide(second, Verdict.CONFIRMED) == 0
    assert [state(three, person) for person in (1, 2, 3)] == ["accrued", "reversed", "accrued"]
    assert three.check_everything()["cents_earned"] == 200


def test_a_case_is_decided_once_and_by_a_name(three: MoneyRig) -> None:
    case = three.suspect(1)
    three.decide(case, Verdict.CLEARED)
    with pytest.raises(AlreadyThereError):
        three.decide(case, Verdict.CONFIRMED)
    with pytest.raises(NotFoundError):
        three.decide(bytes(16), Verdict.CLEARED)
    [row] = three.rows(abuse_cases)
    assert (row.verdict, row.decided_by, row.because) == ("cleared", "MARTIN-1", "seen")
    told = [(one.tag, one.subject, one.actor) for one in three.rows(audit_entries) if one.tag.startswith("abuse:")]
    assert told == [("abuse:suspected", case, "abuse-scan"), ("abuse:cleared", case, "person:MARTIN-1")]


def test_what_another_case_holds_stays_held(three: MoneyRig) -> None:
    first, _second = three.suspect(1), three.suspect(1, score="at_night")
    three.decide(first, Verdict.CLEARED)
    assert state(three, 1) == "held"


def test_an_opening_is_evidence_for_a_score_once(three: MoneyRig) -> None:
    three.decide(three.suspect(1, 2), Verdict.CLEARED)
    assert three.suspect(1, 2) == b""
    assert three.suspect(1, 2, 3, percent=120) == b""  # a third of it is new: 40 per cent
    assert three.suspect(1, 2, 3, percent=300)
    assert [state(three, person) for person in (1, 2, 3)] == ["accrued", "accrued", "held"]
    assert len(three.rows(abuse_evidence)) == 3


def test_a_hold_after_payment_comes_off_the_next_one(three: MoneyRig) -> None:
    three.account()
    three.at("2018-12-05T09:00:00+00:00")
    three.close_months()
    assert three.pay("2018-11").cents == 300
    three.decide(three.suspect(1), Verdict.CONFIRMED)
    three.at("2019-01-05T09:00:00+00:00")
    three.close_months()
    assert three.statements()[PHARMACY, "2018-12"] == -100
    three.check_everything()


def test_a_scan_reads_each_enrolment_once_and_again_when_new_ones_came(three: MoneyRig) -> None:
    assert (scan(three), scan(three)) == (3, 0)
    three.enrol(three.terminal("T-PHARM-2"), 4)
    assert scan(three) == 1


def test_a_second_enrolment_is_read_with_the_office_it_was_made_at(money: MoneyRig) -> None:
    money.enrol(money.terminal(), 1)
    money.pass_by(1)
    money.enrol_elsewhere(1)
    scan(money)
    first, second = looked_at(money).signals
    assert (first.office_id, first.opens, first.earns) == (PHARMACY, True, True)
    assert (second.office_id, second.opens, second.earns) == (OTHER, False, False)
    assert first.dossier_id == second.dossier_id


def test_what_was_set_aside_or_refused_is_not_read(money: MoneyRig) -> None:
    terminal = money.terminal()
    money.enrol(terminal, 1, routing={"version": 9})
    money.send(terminal, terminal.refuse(at=money.now), at=money.now)
    assert scan(money) == 0


def test_one_telephone_for_ten_is_found_from_the_records_themselves(money: MoneyRig) -> None:
    terminal = money.terminal()
    for person in range(10):
        own = Contact(mobile="+33612345678" if person % 2 else "06 12 34 56 78")
        money.enrol(terminal, person, contact=own)
        money.pass_by(0.1)
    scan(money)
    assert "shared_contacts" in {one.score for one in suspicions(looked_at(money)) if one.holds}


def test_nothing_of_a_person_stays_in_what_was_read(three: MoneyRig) -> None:
    scan(three)
    kept = repr(three.rows(enrolment_signals)).encode() + written_by(three.engine)
    for secret in ("SPÉCIMEN", "lea.specimen", fictitious_nir(1).compact):
        assert secret.encode() not in kept


def test_old_rows_are_forgotten_and_the_window_is_shorter(three: MoneyRig) -> None:
    scan(three)
    assert KEPT_DAYS > WINDOW_DAYS
    three.now += timedelta(days=WINDOW_DAYS + 1)
    assert looked_at(three).signals == []
    three.now += timedelta(days=KEPT_DAYS - WINDOW_DAYS)
    assert in_transaction(three.engine, lambda connection: forget(connection, now_ms=three.now_ms)) == 3
    assert three.rows(enrolment_signals) == []
    assert len(three.rows(records)) == 3


def test_a_hold_by_hand_and_a_case_do_not_lift_each_other(three: MoneyRig) -> None:
    case = three.suspect(1)
    three.amend(1, Word.HELD, "hand-look")
    three.decide(case, Verdict.CLEARED)
    assert state(three, 1) == "held"
    three.amend(1, Word.RELEASED, "hand-look")
    assert state(three, 1) == "accrued"
