"""The plan of the roll-out: the nine pilots, the national opening, and no figure without a source."""

from __future__ import annotations

import json
from datetime import date
from importlib import resources

import pytest

from central.dashboards.areas import Area
from central.dashboards.rollout.page import present_rollout
from central.dashboards.rollout.plan import INVENTED, load_plan, read_plan
from central.dashboards.rollout.queries import Equipment
from central.errors import SetupError
from tests.central.web_site import HALL, CentralSite

TODAY = date(2026, 11, 22)


def document() -> dict[str, object]:
    data: dict[str, object] = json.loads(
        resources.files("central.dashboards.rollout").joinpath("plan.json").read_text()
    )
    return data


def test_the_nine_pilots_began_in_2016_and_everybody_else_with_the_country() -> None:
    plan = load_plan()
    assert sorted(pilot.departement for pilot in plan.pilots) == ["22", "25", "31", "37", "63", "64", "67", "80", "94"]
    assert plan.opening_of("94").since_name == "décembre 2016"
    assert plan.opening_of("974").since_name == "6 novembre 2018"


def test_nothing_that_ships_is_invented() -> None:
    plan = load_plan()
    assert INVENTED not in {line.source for line in (plan.national_opening, *plan.pilots, *plan.targets)}


def test_a_target_counts_from_its_date_and_the_latest_one_holds() -> None:
    data = document()
    data["targets"] = [
        {"departement": "94", "from": "2016-12", "value": 800_000, "source": "programme"},
        {"departement": "94", "from": "2019-01-15", "value": 900_000, "source": INVENTED},
    ]
    plan = read_plan(json.dumps(data).encode())
    found = [plan.target_of("94", day) for day in (date(2016, 11, 30), date(2018, 1, 1), TODAY)]
    assert [None if target is None else target.value for target in found] == [None, 800_000, 900_000]


def test_what_was_made_up_for_a_demonstration_is_said_to_be() -> None:
    data = document()
    data["targets"] = [{"departement": "75", "from": "2020-01", "value": 10, "source": INVENTED}]
    page = present_rollout(Area("11"), read_plan(json.dumps(data).encode()), {}, {}, TODAY)
    assert [line.code for line in page.lines if line.invented] == ["75"]


def test_a_departement_shows_its_points_and_how_far_it_is_to_its_target() -> None:
    page = present_rollout(Area("11"), load_plan(), {"94": Equipment(3, 5)}, {"94": 200_000}, TODAY)
    first = page.lines[0]
    assert (first.code, first.phase, first.offices, first.terminals) == ("94", "Pilote", "3", "5")
    assert first.reached.replace("\u202f", " ") == "25,0 %"
    assert (page.pilots, page.equipped, page.with_target) == (1, 1, 1)


@pytest.mark.parametrize(
    ("where", "wrong"),
    [
        ("pilots", [{"departement": "20", "from": "2016-12", "source": "qdm17"}]),
        ("pilots", [{"departement": "94", "from": "2016-13", "source": "qdm17"}]),
        ("pilots", [{"departement": "94", "from": "2016-12", "source": "hearsay"}]),
        ("targets", [{"departement": "94", "from": "2016-12", "value": 0, "source": "qdm17"}]),
        ("national_opening", {"from": "soon", "source": "programme"}),
    ],
)
def test_a_plan_with_a_line_that_cannot_be_is_refused(where: str, wrong: object) -> None:
    with pytest.raises(SetupError) as refused:
        read_plan(json.dumps(document() | {where: wrong}).encode())
    assert refused.value.code == "rollout"


def test_the_page_shows_ones_own_departements_only(site: CentralSite) -> None:
    site.fleet(HALL)
    site.registered()
    site.manager("RESP-11", "11")
    browser = site.browser()
    browser.sign_in("RESP-11")
    page = browser.get("/deploiement").text
    assert page.count('<th scope="row">') == 8
    assert 'data-test="equipped">1<' in page
    assert "Haute-Garonne" not in page
