"""What Vega-Lite draws: right numbers, and nothing that the strict policy of our pages would stop."""

from __future__ import annotations

import re
from datetime import date
from xml.etree import ElementTree as ET

import pytest

from central.dashboards.drawing import NARROW, WIDE, draw, specification
from central.dashboards.series import Grain, Point, buckets
from tests.central.web_site import HALL, PHARMACY, CentralSite

COLUMNS = buckets(Grain.DAY, date(2026, 11, 22))


def points(*counts: int) -> tuple[Point, ...]:
    padded = [0] * (len(COLUMNS) - len(counts)) + list(counts)
    return tuple(Point(column, count, 0) for column, count in zip(COLUMNS, padded, strict=True))


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_a_drawing_has_no_script_no_style_and_no_address_of_elsewhere(width: int) -> None:
    svg = draw(points(5, 0, 1200), width=width)
    assert not re.search(r"<script|<style|\sstyle=|\son[a-z]+=|javascript:|<image|<foreignObject", svg, re.IGNORECASE)
    assert set(re.findall(r"https?://[^\"']+", svg)) <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}


def test_each_column_of_a_drawing_has_its_count() -> None:
    svg = ET.fromstring(draw(points(5, 0, 1200), width=WIDE))
    said = [mark.get("aria-label", "") for mark in svg.iter() if mark.get("aria-roledescription") == "bar"]
    assert len(said) == len(COLUMNS)
    assert [re.search(r"opened: ([\d\s\u202f]+)", label)[1] for label in said][-3:] == ["5", "0", "1\u202f200"]


def test_the_column_under_way_is_told_from_the_whole_ones() -> None:
    values = specification(points(5, 6), width=WIDE)["data"]["values"]
    assert [value["state"] for value in values[-2:]] == ["whole", "under way"]


def test_labels_have_room_and_the_last_column_has_one() -> None:
    for width in (WIDE, NARROW):
        labelled = specification(points(), width=width)["encoding"]["x"]["axis"]["values"]
        assert labelled[0] == COLUMNS[-1].short
        assert len(labelled) <= width // 60


def test_nothing_opened_draws_an_axis_of_whole_numbers() -> None:
    assert specification(points(), width=WIDE)["encoding"]["y"]["scale"]["domainMax"] == 4


def test_a_drawing_is_served_as_an_image_one_may_keep_and_a_region_gets_its_own(site: CentralSite) -> None:
    site.fleet(HALL, PHARMACY)
    site.manager("RESP-04", "04")
    browser = site.browser()
    browser.sign_in("RESP-04")
    answer = browser.get("/tableau/courbe.svg?pas=mois&largeur=340&v=1")
    assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
    assert answer.headers["Cache-Control"].startswith("private, max-age=")
    assert ET.fromstring(answer.text).get("width") == str(NARROW)
    asked = ("region=11", "departement=75", f"office_id={HALL.office}")
    assert {browser.get(f"/tableau/courbe.svg?{name}").status_code for name in asked} == {404}
