"""Cents as people write euros. Whole numbers all the way: nothing is ever a fraction."""

from __future__ import annotations

_CENTS = 100


def euros(cents: int, point: str = ".") -> str:
    """``-1.05`` of -105 cents; with a comma in French."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // _CENTS}{point}{abs(cents) % _CENTS:02d}"
