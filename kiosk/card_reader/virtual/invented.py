"""As many invented people as one card is wanted to hold: up to the 19 of the first family cards and beyond. Pure.

Source: vitale.md §3.3 (19 persons), §4.1 (the numbers' key). Nobody real: the family name says so, and the numbers'
commune 990 of département 75 does not exist.
"""

from __future__ import annotations

from kiosk.card_reader.virtual.making import VirtualPerson
from wire.nir import key_of

MOST_ON_A_FAMILY_CARD = 19
_GIVEN_NAMES = ("ÉLOÏSE", "GAËL", "FRANÇOISE", "ZOÉ", "LÉO", "ANAÏS", "JOSÉ", "MARIE-HÉLÈNE")


def invented_people(count: int) -> tuple[VirtualPerson, ...]:
    """That many people of one family, each with a number of their own whose key is right."""
    return tuple(_person(order) for order in range(1, count + 1))


def _person(order: int) -> VirtualPerson:
    year, month = 50 + order % 50, 1 + order % 12
    body = f"{1 + order % 2}{year:02d}{month:02d}75990{order:03d}"
    return VirtualPerson(
        family_name=f"SPÉCIMEN-{order:03d}",
        given_name=_GIVEN_NAMES[order % len(_GIVEN_NAMES)],
        birth_date=f"19{year:02d}{month:02d}15",
        country="FRA",
        number=f"{body}{key_of(body):02d}",
    )
