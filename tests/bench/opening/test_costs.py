"""What a request costs, and what a fleet of such requests needs."""

from __future__ import annotations

from bench.opening.costs import run


def test_every_kind_of_request_is_answered_and_the_fleet_needs_the_sum_of_what_it_asks() -> None:
    figures = {figure.name: figure.value for figure in run(terminals=3)}
    asked = 25_000 / 45 * figures["configuration, unchanged (304)"] + 25_000 / 675 * figures["trust bundle"]
    assert round(figures["the fleet at rest"], 6) == round(asked / 1000, 6)
    assert min(figures.values()) > 0
