"""Indicator 2.8.4 from the shipped series: the checks of dmp.md §12."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from central.published.comparison import Disagreement, contradictions
from central.published.figures import TARGET, Figure, Precision, PublishedMeasure
from central.published.indicator import latest_split, share_of
from central.published.series_file import read_figures, read_sources
from central.published.service import shipped

SERIES, SOURCES = shipped()
FIGURES = read_figures(SERIES)
TOTALS = {
    (figure.until, figure.source): figure
    for figure in FIGURES
    if figure.measure is PublishedMeasure.DOSSIERS and not figure.channel and not figure.region
}


def a_figure(until: str, value: int, **changes: object) -> Figure:
    made = Figure(measure=PublishedMeasure.DOSSIERS, until=until, value=value, source="A")
    return replace(made, **changes)  # type: ignore[arg-type]


def test_the_channels_of_june_2021_with_two_percent_that_belong_to_nobody() -> None:
    split = latest_split(FIGURES)
    assert split is not None
    assert [(part.channel, part.share, part.dossiers) for part in split.parts] == [
        ("desk", 3900, 3_939_000),
        ("pharmacy", 2800, 2_828_000),
        ("web", 2000, 2_020_000),
        ("pro", 1100, 1_111_000),
        ("unknown", 200, 202_000),
    ]
    assert sum(part.dossiers for part in split.parts) == split.total.value == 10_100_000


def test_ten_million_of_forty_are_a_quarter_and_a_little() -> None:
    split = latest_split(FIGURES)
    assert split is not None
    assert (split.of_target, TARGET) == (2525, 40_000_000)


def test_totals_of_the_press_and_the_insurer_never_fall() -> None:
    said = sorted((figure for figure in TOTALS.values() if figure.source != "SEEDS"), key=lambda one: one.days[1])
    assert not [(a, b) for a, b in pairwise(said) if (b.highest_possible or b.value) < a.lowest_possible]


@pytest.mark.parametrize(
    ("first", "last", "a_week"),
    [
        (("2018-12-13", "AMELI18"), ("2019-01-13", "QDM19"), 136_000),
        (("2019-04-16", "LIBH"), ("2019-07-18", "AMELI19"), 113_000),
    ],
)
def test_totals_grow_by_what_was_said_of_a_week(first: tuple[str, str], last: tuple[str, str], a_week: int) -> None:
    before, after = TOTALS[first], TOTALS[last]
    days = (after.days[0] - before.days[0]).days
    assert abs((after.value - before.value) * 7 / days - a_week) < 1000


def test_the_week_of_december_2018_is_34_299_a_day() -> None:
    [week] = [figure for figure in FIGURES if figure.since == "2018-12-06"]
    assert round(week.value / 7) == 34_299


def test_every_shipped_figure_names_a_source_that_is_shipped() -> None:
    known = {key for key, _, _ in read_sources(SOURCES)}
    assert {figure.source for figure in FIGURES} <= known


def test_the_early_counts_that_disagree_are_found_and_no_others() -> None:
    found = contradictions(FIGURES)
    assert {one.why for one in found} == {Disagreement.DECREASE, Disagreement.FLOW}
    assert all("SEEDS" in {figure.source for figure in one.figures} for one in found)
    values = {figure.value for one in found for figure in one.figures}
    assert {550_000, 1_200_000, 1_900_000} <= values


def test_two_sources_that_differ_on_one_day_disagree_and_neither_is_left_out() -> None:
    one, other = a_figure("2020-01-01", 8_500_000), a_figure("2020-01-01", 8_700_000, source="B")
    [found] = contradictions([one, other])
    assert (found.why, found.figures) == (Disagreement.SAME_DATE, (one, other))


@pytest.mark.parametrize(
    ("precision", "value"),
    [(Precision.ROUNDED, 8_700_000), (Precision.ABOUT, 8_600_000), (Precision.AT_LEAST, 8_000_000)],
)
def test_what_the_words_of_a_source_leave_open_is_no_contradiction(precision: Precision, value: int) -> None:
    exact = a_figure("2020-01-01", 8_650_000)
    assert contradictions([exact, a_figure("2020-01-01", value, source="B", precision=precision)]) == ()


def test_a_total_lower_later_disagrees_and_dates_that_may_be_one_do_not() -> None:
    high = a_figure("2018-10-30", 1_900_000)
    assert [one.why for one in contradictions([high, a_figure("2018-12", 1_200_000)])] == [Disagreement.DECREASE]
    assert contradictions([high, a_figure("2018", 1_200_000)]) == ()
    assert contradictions([high, a_figure("2018-12", 1_200_000, region="11")]) == ()


def test_shares_alone_without_a_total_of_their_date_are_no_split() -> None:
    shares = [figure for figure in FIGURES if figure.measure is PublishedMeasure.SHARE]
    assert latest_split(shares) is None


def test_a_share_is_rounded_to_the_nearest_hundredth() -> None:
    assert [share_of(1, 3), share_of(2, 3), share_of(0, 3), share_of(1, 0)] == [3333, 6667, 0, 0]
