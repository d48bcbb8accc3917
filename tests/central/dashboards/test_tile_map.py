"""The squares of the map: one for each département, none on another, all of one size; and their shades."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from central.dashboards.tile_map import CLASSES, places, tile_map
from central.devices.departements import DEPARTEMENTS, departements_of

ALL = tuple(DEPARTEMENTS)


def test_each_departement_has_a_square_of_its_own() -> None:
    grid = places()
    assert set(grid) == set(DEPARTEMENTS)
    assert len(set(grid.values())) == len(grid) == 101


def test_the_squares_fit_the_columns_and_rows_that_the_style_sheet_knows() -> None:
    assert {column for column, _ in places().values()} <= set(range(1, 13))
    assert {row for _, row in places().values()} <= set(range(1, 14))


def test_overseas_stands_on_the_same_grid_in_one_column() -> None:
    assert {places()[code][0] for code in ("971", "972", "973", "974", "976")} == {1}


def test_a_region_is_moved_to_the_top_left() -> None:
    tiles = tile_map({}, departements_of("94")).tiles
    assert {(tile.code, tile.column, tile.row) for tile in tiles} == {("2A", 1, 2), ("2B", 1, 1)}


def test_the_most_openings_are_the_darkest_and_none_is_a_shade_of_its_own() -> None:
    shades = {tile.code: tile.shade for tile in tile_map({"75": 500, "59": 40, "13": 40, "2A": 1}, ALL).tiles}
    assert shades["75"] == CLASSES
    assert shades["59"] == shades["13"]
    assert 0 < shades["2A"] < shades["59"] < shades["75"]
    assert shades["974"] == 0


def test_the_legend_tells_every_shade_that_is_on_the_map() -> None:
    drawn = tile_map({code: 10 * place for place, code in enumerate(ALL)}, ALL)
    assert {tile.shade for tile in drawn.tiles} == {shade for shade, _ in drawn.legend} == set(range(CLASSES + 1))
    assert drawn.legend[0] == (0, "aucune")


@given(st.dictionaries(st.sampled_from(ALL), st.integers(0, 10**7)))
def test_a_higher_count_is_never_paler(counts: dict[str, int]) -> None:
    tiles = sorted(tile_map(counts, ALL).tiles, key=lambda tile: counts.get(tile.code, 0))
    assert [tile.shade for tile in tiles] == sorted(tile.shade for tile in tiles)
