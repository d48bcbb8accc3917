"""As many fictitious adults as a test wants, each with a card of their own; their numbers have a right key."""

from __future__ import annotations

from kiosk.card_reader.virtual.people import CardKind, VirtualCard, VirtualPerson
from wire.nir import key_of

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


def card(number: int) -> VirtualCard:
    """The n-th card."""
    return VirtualCard(
        card_id=f"crowd-{number}",
        label=f"Canari {number}",
        hint="",
        kind=CardKind.VITALE_2,
        atr=_ATR,
        serial=(80250990000000100000 + number).to_bytes(10, "big"),
        valid_from="20190401",
        persons=(person(number),),
    )
