"""Which part of the country an address names, and whether it is one's own."""

from __future__ import annotations

import pytest

from central.counters.models import Dimension
from central.dashboards.areas import Area, area_asked


@pytest.mark.parametrize(
    ("region", "departement", "seen", "area"),
    [
        (None, None, None, Area()),
        (None, None, "11", Area("11")),
        ("11", None, None, Area("11")),
        (None, "974", None, Area("04", "974")),
        ("04", "974", "04", Area("04", "974")),
        ("04", None, "11", None),
        (None, "974", "11", None),
        ("11", "974", None, None),
        ("99", None, None, None),
        (None, "20", None, None),
    ],
)
def test_an_area_is_given_only_where_it_exists_and_is_seen(
    region: str | None, departement: str | None, seen: str | None, area: Area | None
) -> None:
    assert area_asked(region, departement, seen=seen) == area


def test_each_area_stands_under_its_own_member() -> None:
    assert Area().counted_as == (Dimension.TOTAL, "")
    assert Area("11").counted_as == (Dimension.REGION, "11")
    assert Area("11", "75").counted_as == (Dimension.DEPARTEMENT, "75")


def test_corsica_and_overseas_are_areas_like_the_others() -> None:
    assert Area("94").departements == ("2A", "2B")
    assert Area("06", "976").name == "Mayotte (976)"
