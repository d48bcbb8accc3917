"""Which cells of a table are hidden from outsiders, so that no small number can be read nor computed. Pure.

A number below the threshold and above zero is *small*. Hiding it alone is not enough: where a total and all its other
parts are shown, the last one is a subtraction away. So further cells are hidden (*complementary* suppression).
Which threshold is right no source of ours says: it is a setting (``CENTRAL_SMALL_CELL``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Cell = tuple[str, str]
"""What a number is counted by: (dimension, member)."""


@dataclass(frozen=True, slots=True)
class Family:
    """A sum: the parent is what its children add up to. Every cell is a child in one family at most."""

    parent: Cell
    children: tuple[Cell, ...]


def hidden_cells(values: Mapping[Cell, int], families: Sequence[Family], threshold: int) -> frozenset[Cell]:
    """The cells to hide.

    Steps, until nothing more is to be hidden:

    1. every small cell is hidden; zeros are shown, they tell of nobody;
    2. a sum with a hidden cell has at least two of them, the parent counted: one equation, two unknowns. As the
       families form a tree, that is enough: a hidden cell can be moved by one if others of its sums are moved against
       it, and each of those has another one to pass it on to, down to a leaf;
    3. where the parent is shown, its hidden children together reach the threshold: a sum of two over two hidden
       children would tell both;
    4. what is hidden besides is the smallest child above zero, the first by name among equals; where none is left, the
       parent.

    Not checked: what somebody learns who knows these steps and reasons about why a cell was chosen; nor what an older
    table showed. The second is met by what outsiders are given: months that are over, each hidden by itself, and sums
    over them that add up shown cells alone (:mod:`central.tables.outside`).
    """
    hidden = {cell for cell, value in values.items() if 0 < value < threshold}  # 1
    while (more := _next(values, families, hidden, threshold)) is not None:
        hidden.add(more)
    return frozenset(hidden)


def _next(values: Mapping[Cell, int], families: Sequence[Family], hidden: set[Cell], threshold: int) -> Cell | None:
    for family in families:
        unseen = [child for child in family.children if child in hidden]
        is_parent_hidden = family.parent in hidden
        if not unseen and not is_parent_hidden:
            continue
        if is_parent_hidden and unseen:  # 2
            continue
        if len(unseen) > 1 and sum(values[child] for child in unseen) >= threshold:  # 2 and 3
            continue
        shown = [child for child in family.children if child not in hidden and values[child] > 0]
        if shown:
            return min(shown, key=lambda child: (values[child], child))  # 4
        if not is_parent_hidden:
            return family.parent  # 4
    return None
