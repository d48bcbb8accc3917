"""As many fictitious adults as a test wants, each with a card of their own; their numbers have a right key."""

from __future__ import annotations

from dataclasses import replace

from kiosk.card_reader.virtual.people import CardKind, VirtualCard, VirtualPerson
from wire.nir import key_of

_FAMILIES = 3000  # beyond the crowd
_ATR = bytes.fromhex("3B751300004409EA9000")


def person(number: int) -> VirtualPerson:
    """The n-th adult of the crowd; names carry the canary that the tests look for on disks."""
    year, month, order = 50 + number % 45, 1 + number % 12, 1 + number // 12
    body = f"{1 + number % 2}{year}{month:02d}75{1 + number % 20:03d}{order:03d}"
    return VirtualPerson(
        family_name=f"CANARI-{number:04d}",
        given_name="ÉLOÏSE" if number % 2 else "GAËL",
        birth_date=f"19{year}{month:02d}15",
        country="FRA",
        number=f"{body}{key_of(body):02d}",
    )


def minor(number: int, born: str, name: str) -> VirtualPerson:
    """The n-th child, with a number of its own; ``born`` is YYYYMMDD."""
    body = f"{1 + number % 2}{born[2:4]}{born[4:6]}75{1 + number % 20:03d}{1 + number // 20:03d}"
    return VirtualPerson(
        family_name=f"CANARI-{number:04d}",
        given_name=name,
        birth_date=born,
        country="FRA",
        number=f"{body}{key_of(body):02d}",
    )


def card(number: int) -> VirtualCard:
    """The n-th card."""
    return _card(f"crowd-{number}", number, person(number))


def families(number: int) -> tuple[VirtualCard, ...]:
    """The n-th parent's cards: with a child, with one from 16 on, with a child under the parent's own number."""
    serial = _FAMILIES + 3 * number
    parent = person(_FAMILIES + number)
    child, teen = minor(serial, "20180512", "LÉO"), minor(serial + 1, "20090912", "INÈS")
    under = replace(minor(serial + 2, "20180512", "ZOÉ"), number=parent.number)
    return (
        _card(f"child-{number}", serial, parent, child),
        _card(f"teen-{number}", serial + 1, parent, teen),
        _card(f"under-{number}", serial + 2, parent, under),
    )


def _card(name: str, number: int, *persons: VirtualPerson) -> VirtualCard:
    return VirtualCard(
        card_id=name,
        label=f"Canari {number}",
        hint="",
        kind=CardKind.VITALE_2,
        atr=_ATR,
        serial=(80250990000000100000 + number).to_bytes(10, "big"),
        valid_from="20190401",
        persons=persons,
    )
