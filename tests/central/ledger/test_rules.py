from __future__ import annotations

import json
from typing import Any

import pytest

from central.errors import SetupError
from central.ledger.rules import load_rules, read_rules


def rule(**changes: Any) -> dict[str, Any]:
    usual = {"rule": "r", "channel": "pharmacy", "profession": "pharmacist", "cents": 100, "basis": "b"}
    return usual | {"from": "2018-01-01", "until": None} | changes


def rules(*entries: dict[str, Any]) -> bytes:
    return json.dumps({"version": 3, "source": "s", "rules": entries}).encode()


def cents(data: bytes, channel: str, day: str) -> int | None:
    found = read_rules(data).for_opening(channel, day)
    return None if found is None else found.cents


def test_the_shipped_rules_pay_a_pharmacy_one_euro_from_2018() -> None:
    shipped = load_rules()
    assert [(found.cents if found else 0) for found in (shipped.for_opening("pharmacy", "2018-11-06"),)] == [100]
    assert shipped.for_opening("pharmacy", "2017-12-31") is None


@pytest.mark.parametrize("channel", ["desk", "web", "pro", "auto", "unknown", ""])
def test_the_shipped_rules_pay_nobody_else(channel: str) -> None:
    assert load_rules().for_opening(channel, "2019-06-01") is None


@pytest.mark.parametrize(
    ("day", "amount"), [("2017-12-31", None), ("2018-01-01", 100), ("2019-12-31", 100), ("2020-01-01", 150)]
)
def test_a_rate_holds_from_its_first_to_its_last_day(day: str, amount: int | None) -> None:
    data = rules(rule(until="2019-12-31"), rule(rule="s", cents=150, **{"from": "2020-01-01"}))
    assert cents(data, "pharmacy", day) == amount


def test_another_profession_is_a_line_of_data() -> None:
    assert cents(rules(rule(), rule(rule="nurse", channel="pro", cents=80)), "pro", "2019-06-01") == 80


def test_two_rates_for_one_day_are_refused() -> None:
    with pytest.raises(SetupError) as refused:
        read_rules(rules(rule(), rule(rule="again", **{"from": "2025-01-01"})))
    assert refused.value.code == "rules_overlap"


@pytest.mark.parametrize("changes", [{"cents": 0}, {"cents": -5}, {"until": "2017-01-01"}, {"cents": 1.5}, {"more": 1}])
def test_a_rule_that_means_nothing_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(SetupError):
        read_rules(rules(rule(**changes)))
