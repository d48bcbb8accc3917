"""For each record why it paid or not; for each cent the record, the terminal, who attested, the time and its doubt."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from central.engine import in_transaction, reading
from central.errors import SetupError
from central.intake.second import dossier_of_second
from central.ledger.explain import Explanation, Why, explain, state_of
from central.ledger.rule_book import note, rule_of
from central.ledger.rules import load_rules, read_rules
from central.ledger.standing import Word
from central.statements import closing
from tests.central.intake_rig import PHARMACY
from tests.central.money_rig import BY, MoneyRig
from tests.fakes.terminal import fictitious_nir, id_of


def explained(money: MoneyRig, record: bytes) -> Explanation:
    with reading(money.engine) as connection:
        found = explain(
            connection, record, money.rules, person_of=lambda row: dossier_of_second(connection, money.parts, row)
        )
    assert found is not None
    return found


def test_a_record_that_pays_names_all_that_decided(money: MoneyRig) -> None:
    record = money.enrol(money.terminal(), 1)
    found = explained(money, record)
    assert (found.why, found.terminal_id, found.office_id) == (Why.PAYS, "T-PHARM-1", PHARMACY)
    assert (found.operator, found.role, found.counted_on) == ("PHARMA-01", "pharmacist", "2018-11-06")
    assert found.rule is not None
    assert (found.rule.rule, found.rules_version) == ("pharmacy-opening-2018", 1)
    assert found.doubt_ms > 0
    text = "\n".join(found.lines())
    for said in (record.hex(), "avenant 11", "1.00 EUR earned", "it lies between"):
        assert said in text


def told(money: MoneyRig, kind: str) -> bytes:
    """A record of that kind, made and sent now."""
    terminal = money.terminal(f"T-{kind[:8].upper().replace('_', '-')}", at_hall=kind == "hall")
    match kind:
        case "hall":
            return money.enrol(terminal, 1, operator="AGENT-01", role="agent")
        case "second":
            money.enrol(terminal, 1)
            return money.enrol(terminal, 1)
        case "unknown_operator":
            return money.enrol(terminal, 1, operator="NOBODY-1")
        case "set_aside":
            return money.enrol(terminal, 1, routing={"version": 9})
        case "pending":
            raw = terminal.wait_for_number(at=money.now)
        case _:
            raw = terminal.refuse(at=money.now)
    money.send(terminal, raw, at=money.now)
    return id_of(raw)


@pytest.mark.parametrize(
    ("kind", "why", "detail"),
    [
        ("hall", Why.CHANNEL, None),
        ("second", Why.SECOND, None),
        ("unknown_operator", Why.HELD, "operator_unknown"),
        ("set_aside", Why.SET_ASIDE, "version_unknown"),
        ("pending", Why.WAITS, None),
        ("refusal", Why.KIND, None),
    ],
)
def test_a_record_that_does_not_pay_says_why(money: MoneyRig, kind: str, why: Why, detail: str | None) -> None:
    found = explained(money, told(money, kind))
    assert (found.why, found.detail) == (why, detail)


def test_a_second_enrolment_names_the_dossier_and_who_attested(money: MoneyRig) -> None:
    found = explained(money, told(money, "second"))
    assert found.dossier_id == money.dossier(1)
    assert found.operator == "PHARMA-01"


def test_an_annulled_opening_shows_both_entries(money: MoneyRig) -> None:
    record = money.enrol(money.terminal(), 1)
    money.annul(1)
    found = explained(money, record)
    assert (found.why, found.detail) == (Why.REVERSED, "annulled")
    assert [entry["cents"] for entry in found.entries] == [100, -100]


def test_a_record_that_central_never_had_is_not_explained(money: MoneyRig) -> None:
    with reading(money.engine) as connection:
        assert explain(connection, bytes(16), money.rules, person_of=lambda _: None) is None


def test_no_identity_stands_in_an_explanation(money: MoneyRig) -> None:
    found = "\n".join(explained(money, told(money, "second")).lines())
    for secret in ("SPÉCIMEN", fictitious_nir(1).compact, "lea.specimen"):
        assert secret not in found


def test_a_cent_goes_from_accrued_to_stated_to_paid_and_may_be_contested(money: MoneyRig) -> None:
    def state() -> str | None:
        with reading(money.engine) as connection:
            return state_of(connection, money.dossier(1))

    def dispute(act: Any) -> None:
        disputed = closing.Disputed(PHARMACY, "2018-11", "sums", BY)
        in_transaction(money.engine, lambda connection: act(connection, disputed, shards=1, at_ms=money.now_ms))

    record = money.enrol(money.terminal(), 1)
    states = [state()]
    money.amend(1, Word.HELD, "a")
    states.append(state())
    money.amend(1, Word.RELEASED, "a")
    money.account()
    money.at("2018-12-05T09:00:00+00:00")
    money.close_months()
    states.append(state())
    money.pay("2018-11")
    states.append(state())
    dispute(closing.contest)
    states.append(state())
    dispute(closing.settle)
    states.append(state())
    money.annul(1)
    states.append(state())
    assert states == ["accrued", "held", "stated", "paid", "contested", "paid", "reversed"]
    assert any("paid by 2018-11-1" in line for line in explained(money, record).lines())


def test_the_doubt_is_the_span_between_the_bounds(money: MoneyRig) -> None:
    terminal = money.terminal()
    raw = terminal.enrol(1, at=money.now + timedelta(days=400))
    money.send(terminal, raw, at=money.now)
    found = explained(money, id_of(raw))
    assert found.time.counted_ms == found.time.received_ms
    assert found.doubt_ms == found.time.received_ms - found.time.earliest_ms


def test_a_rule_is_shown_as_it_stood_then(money: MoneyRig) -> None:
    record = money.enrol(money.terminal(), 1)
    in_transaction(money.engine, lambda connection: note(connection, money.rules, now_ms=1))
    later = load_rules().document.replace(b'"version": 1', b'"version": 2').replace(b"pharmacy-opening-2018", b"other")
    money.rules = read_rules(later)
    found = explained(money, record)
    assert found.rule is not None
    assert found.rule.rule == "pharmacy-opening-2018"


@pytest.mark.parametrize(
    ("change", "code"),
    [((b'"cents": 100', b'"cents": 200'), "rules_changed"), ((b'"version": 1', b'"version": 0'), "rules_older")],
)
def test_rules_that_paid_cannot_be_others_afterwards(money: MoneyRig, change: tuple[bytes, bytes], code: str) -> None:
    in_transaction(money.engine, lambda connection: note(connection, money.rules, now_ms=1))
    other = read_rules(money.rules.document.replace(*change))
    with pytest.raises(SetupError) as refused:
        in_transaction(money.engine, lambda connection: note(connection, other, now_ms=2))
    assert refused.value.code == code
    with reading(money.engine) as connection:
        assert rule_of(connection, "pharmacy-opening-2018", 1) == money.rules.rules[0]
