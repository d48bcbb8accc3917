"""What the API says: the numbers of the pages, in the scope of who asks, and problems that name no data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update
from werkzeug.test import TestResponse

from central.counters.models import Measure
from central.counters.tally import Place
from central.devices.models import devices
from central.engine import writing
from central.staff.permissions import Role
from tests.central.web_site import HALL, PHARMACY, CentralSite
from wire.identifiers import milliseconds

Issue = Callable[..., str]
Ask = Callable[..., TestResponse]
TODAY, LAST_MONTH = "2026-11-22", "2026-10-31"
IN_HALL = Place("desk", "hall_terminal", "11", "75", HALL.office, "HALL-75-01-A")
AT_COUNTER = Place("pharmacy", "counter", "04", "974", PHARMACY.office, "PHARM-974-01-A")
PIGEON = Place("carrier_pigeon", "loft", "11", "75", HALL.office, "HALL-75-01-A")
OPENED = Measure.DOSSIERS_OPENED


@pytest.fixture(autouse=True)
def _counted(site: CentralSite) -> None:
    site.fleet(HALL, PHARMACY)
    site.ticket("HALL-75-01-A", HALL.office)
    site.ticket("PHARM-974-01-A", PHARMACY.office)
    site.count(OPENED, TODAY, IN_HALL, 90)
    site.count(OPENED, TODAY, AT_COUNTER, 8)
    site.count(OPENED, TODAY, PIGEON, 2)
    site.count(OPENED, LAST_MONTH, IN_HALL, 300)
    site.count(Measure.CENTS_ACCRUED, TODAY, AT_COUNTER, 805)


def values(answer: TestResponse) -> dict[str, Any]:
    assert answer.status_code == 200, answer.json
    document = answer.json
    lines = [*document["lines"], document["unattributed"], document["total"]]
    return {line["code"]: line["counts"][0]["value"] for line in lines if line["counts"][0]["value"]}


@pytest.mark.parametrize(
    ("by", "told"),
    [
        ("total", {"": 100}),
        ("channel", {"desk": 90, "pharmacy": 8, "unattributed": 2}),
        ("sub_channel", {"hall_terminal": 90, "counter": 8, "loft": 2}),
        ("region", {"11": 92, "04": 8}),
        ("departement", {"75": 92, "974": 8}),
        ("office", {HALL.office: 92, PHARMACY.office: 8}),
        ("terminal", {"HALL-75-01-A": 92, "PHARM-974-01-A": 8}),
    ],
)
def test_the_counts_of_a_day_by_whatever_they_are_broken_down(
    ask: Ask, issue: Issue, by: str, told: dict[str, int]
) -> None:
    assert values(ask("counts", issue(), by=by, period=TODAY)) == told | {"total": 100}


@pytest.mark.parametrize(
    ("period", "total"),
    [("all", 400), ("2026", 400), ("2026-11", 100), ("2026-10", 300), ("2026-W47", 100), ("2026-W46", 0)],
)
def test_periods_add_up_what_was_counted_in_them(ask: Ask, issue: Issue, period: str, total: int) -> None:
    assert values(ask("counts", issue(), by="total", period=period)).get("total", 0) == total


def test_shares_leave_room_for_what_nobody_accounts_for(ask: Ask, issue: Issue) -> None:
    document = ask("counts", issue(), period=TODAY).json
    shares = {line["code"]: line["counts"][0]["share"] for line in [*document["lines"], document["unattributed"]]}
    assert shares == {"desk": 0.9, "pharmacy": 0.08, "web": 0.0, "pro": 0.0, "auto": 0.0, "unattributed": 0.02}


def test_who_sees_one_region_is_answered_for_it(ask: Ask, issue: Issue) -> None:
    token = issue(Role.REGIONAL_MANAGER, "04")
    answer = ask("counts", token, by="channel", period=TODAY)
    assert values(answer) == {"pharmacy": 8, "total": 8}
    assert answer.json["scope"] == {"region": "04", "name": "La Réunion", "audience": "inside", "small_cell": None}
    for by in ("region", "departement", "office", "terminal"):
        assert set(values(ask("counts", token, by=by)).values()) == {8}


@pytest.mark.parametrize("path", ["counts", "series", "silent-points"])
def test_another_region_is_not_there_for_who_sees_one(ask: Ask, issue: Issue, path: str) -> None:
    token = issue(Role.REGIONAL_MANAGER, "04")
    assert ask(path, token, region="11").status_code == 404
    assert ask(path, token, region="04").status_code == 200


def test_another_regions_line_cannot_be_named(ask: Ask, issue: Issue) -> None:
    token = issue(Role.REGIONAL_MANAGER, "04")
    answers = [
        ask("counts", token, by=by, member=name) for by, name in (("office", HALL.office), ("departement", "75"))
    ]
    assert [(answer.status_code, answer.json["code"]) for answer in answers] == [(404, "member_unknown")] * 2


def test_who_sees_the_country_may_ask_for_one_region(ask: Ask, issue: Issue) -> None:
    assert values(ask("counts", issue(), region="04", period=TODAY)) == {"pharmacy": 8, "total": 8}


def test_sub_channels_of_a_region_are_not_counted_and_that_is_said(ask: Ask, issue: Issue) -> None:
    answer = ask("counts", issue(), by="sub_channel", region="11")
    assert (answer.status_code, answer.json["code"]) == (404, "not_counted")


def test_a_long_list_comes_in_pieces_and_the_rest_is_of_the_whole(ask: Ask, issue: Issue) -> None:
    token = issue()
    first = ask("counts", token, by="office", limit=1).json
    second = ask("counts", token, by="office", limit=1, after=first["next"]).json
    assert [line["code"] for line in (*first["lines"], *second["lines"])] == [HALL.office, PHARMACY.office]
    assert (first["next"], second["next"]) == (HALL.office, None)
    assert [one["unattributed"]["counts"][0]["value"] for one in (first, second)] == [0, 0]


def test_a_series_has_a_number_for_each_step(ask: Ask, issue: Issue) -> None:
    token = issue()
    document = ask("series", token, by="channel", step="month", **{"from": "2026-09-15", "to": TODAY}).json
    assert [period["name"] for period in document["periods"]] == ["2026-09", "2026-10", "2026-11"]
    desk = next(line for line in document["lines"] if line["code"] == "desk")
    assert [count["value"] for count in desk["counts"]] == [0, 300, 90]
    days = ask("series", token, by="office", member=PHARMACY.office, step="day").json
    assert (len(days["periods"]), days["lines"][0]["counts"][-1]["value"]) == (30, 8)


def test_a_series_of_all_offices_at_once_is_not_made(ask: Ask, issue: Issue) -> None:
    assert ask("series", issue(), by="office").status_code == 404


def test_money_is_said_in_cents(ask: Ask, issue: Issue) -> None:
    answer = ask("counts", issue(), measure="cents_accrued", by="total")
    assert (answer.json["unit"], values(answer)["total"]) == ("cents", 805)


def test_silent_terminals_are_listed_with_where_they_stand(site: CentralSite, ask: Ask, issue: Issue) -> None:
    site.registered("HALL-75-01-A", HALL.office)
    site.registered("PHARM-974-01-A", PHARMACY.office)
    token = issue()
    site.clock.pass_by(days=3, minutes=1)
    with writing(site.engine) as connection:
        heard = update(devices).where(devices.c.terminal_id == "PHARM-974-01-A")
        connection.execute(heard.values(last_seen_ms=milliseconds(site.clock.now)))
    document = ask("silent-points", token).json
    assert [(one["terminal"], one["office"], one["departement"]) for one in document["points"]] == [
        ("HALL-75-01-A", HALL.office, "75")
    ]
    assert ask("silent-points", token, region="04").json["points"] == []


@pytest.mark.parametrize(
    "query",
    [
        {"measure": "people"},
        {"by": "person"},
        {"period": "yesterday"},
        {"region": "99"},
        {"limit": "0"},
        {"limit": "1001"},
        {"limit": "-1"},
        {"nir": "255081416802538"},
        {"by": ["channel", "region"]},
    ],
)
def test_a_question_that_is_not_of_the_form_is_refused_without_being_quoted(
    ask: Ask, issue: Issue, query: dict[str, Any]
) -> None:
    answer = ask("counts", issue(), **query)
    assert (answer.status_code, answer.json["code"]) == (400, "parameter")
    assert "255081416802538" not in answer.text


def test_another_method_is_told_which_ones_there_are(site: CentralSite) -> None:
    answer = site.app.test_client().post("/api/v1/counts")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")
