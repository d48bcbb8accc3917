"""Nothing that is hidden can be computed from what is shown: not by subtraction, not by any sums of sums."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.tables.suppression import Cell, Family, hidden_cells

LIMIT = 11
WHOLE: Cell = ("total", "")


def table(regions: Sequence[Sequence[int]], channels: Sequence[int]) -> tuple[dict[Cell, int], list[Family]]:
    """Départements add up to regions, regions to the whole; channels to the same whole, what they lack beside them."""
    values: dict[Cell, int] = {}
    families = []
    for number, parts in enumerate(regions):
        children = tuple(("departement", f"{number}-{place}") for place in range(len(parts)))
        values |= dict(zip(children, parts, strict=True))
        values["region", str(number)] = sum(parts)
        families.append(Family(("region", str(number)), children))
    values[WHOLE] = sum(sum(parts) for parts in regions)
    families.append(Family(WHOLE, tuple(("region", str(number)) for number in range(len(regions)))))
    named = tuple(("channel", str(place)) for place in range(len(channels)))
    split, left = [], values[WHOLE]
    for wanted in channels:
        split.append(min(wanted, left))
        left -= split[-1]
    values |= dict(zip(named, split, strict=True)) | {("channel", "?"): left}
    families.append(Family(WHOLE, (*named, ("channel", "?"))))
    return values, families


def determined(hidden: Sequence[Cell], families: Sequence[Family]) -> set[Cell]:
    """Hidden cells that the equations fix: those whose column is the only one of a row, once the rows are reduced."""
    rows = [[Fraction((cell == family.parent) - (cell in family.children)) for cell in hidden] for family in families]
    pivots: list[list[Fraction]] = []
    for column in range(len(hidden)):
        chosen = next((row for row in rows if row[column]), None)
        if chosen is None:
            continue
        rows.remove(chosen)
        chosen = [value / chosen[column] for value in chosen]
        rows = [[a - row[column] * b for a, b in zip(row, chosen, strict=True)] for row in rows]
        pivots = [[a - row[column] * b for a, b in zip(row, chosen, strict=True)] for row in pivots]
        pivots.append(chosen)
    return {
        hidden[column] for row in pivots for column in range(len(hidden)) if row[column] and sum(map(bool, row)) == 1
    }


counts = st.one_of(st.integers(0, 14), st.integers(0, 400))
regions = st.lists(st.lists(counts, min_size=1, max_size=4), min_size=1, max_size=4)
tables = st.builds(table, regions, st.lists(counts, max_size=3))


@given(tables)
def test_no_hidden_cell_can_be_computed_from_those_that_are_shown(made: tuple[dict[Cell, int], list[Family]]) -> None:
    values, families = made
    hidden = sorted(hidden_cells(values, families, LIMIT))
    assert determined(hidden, families) == set()


@given(tables)
def test_every_small_number_is_hidden_and_no_zero(made: tuple[dict[Cell, int], list[Family]]) -> None:
    values, families = made
    hidden = hidden_cells(values, families, LIMIT)
    assert {cell for cell, value in values.items() if 0 < value < LIMIT} <= hidden
    assert not [cell for cell in hidden if values[cell] == 0]


@given(tables)
def test_where_the_sum_is_shown_what_is_hidden_of_it_reaches_the_threshold(
    made: tuple[dict[Cell, int], list[Family]],
) -> None:
    values, families = made
    hidden = hidden_cells(values, families, LIMIT)
    for family in families:
        unseen = [values[child] for child in family.children if child in hidden]
        assert not unseen or family.parent in hidden or sum(unseen) >= LIMIT


def hidden_of(values: Mapping[str, int], total: int | None = None) -> set[str]:
    cells = {("part", name): value for name, value in values.items()}
    whole = {WHOLE: sum(values.values()) if total is None else total}
    return {name for _, name in hidden_cells(cells | whole, [Family(WHOLE, tuple(cells))], LIMIT)}


@pytest.mark.parametrize(
    ("parts", "hidden"),
    [
        ({"a": 50, "b": 60}, set()),
        ({"a": 3, "b": 60, "c": 40}, {"a", "c"}),  # the smallest of the others goes with it
        ({"a": 3, "b": 9, "c": 40}, {"a", "b"}),  # two that make 12: neither can be told
        ({"a": 1, "b": 1, "c": 40}, {"a", "b", "c"}),  # a sum of 2 over two that are not nothing tells both
        ({"a": 3, "b": 0, "c": 40}, {"a", "c"}),  # zeros are shown: they cannot cover anything
        ({"a": 3, "b": 0}, {"a", ""}),  # alone in its sum: the sum goes with it
        ({"a": 0, "b": 0}, set()),
    ],
)
def test_what_is_hidden_with_a_small_number(parts: dict[str, int], hidden: set[str]) -> None:
    assert hidden_of(parts) == hidden
