"""The dashboards' target and thresholds, from the environment."""

from __future__ import annotations

from datetime import timedelta

import pytest

from central.dashboards.settings import USUAL, dashboard_settings
from central.errors import SetupError


def test_without_a_word_the_usual_ones_hold() -> None:
    assert dashboard_settings({}) == USUAL
    assert USUAL.target == 40_000_000


def test_each_can_be_set() -> None:
    given = {"CENTRAL_TARGET": "800000", "CENTRAL_SILENT_DAYS": "1", "CENTRAL_IDLE_DAYS": "7"}
    found = dashboard_settings(given)
    assert (found.target, found.silent_after, found.idle_after) == (800_000, timedelta(days=1), timedelta(days=7))


@pytest.mark.parametrize("name", ["CENTRAL_TARGET", "CENTRAL_SILENT_DAYS", "CENTRAL_IDLE_DAYS", "CENTRAL_AWAITED_DAYS"])
@pytest.mark.parametrize("text", ["", "0", "-3", "trois", "٣", "99999999999"])
def test_what_is_no_number_of_them_is_refused_by_name(name: str, text: str) -> None:
    with pytest.raises(SetupError, match=name):
        dashboard_settings({name: text})
