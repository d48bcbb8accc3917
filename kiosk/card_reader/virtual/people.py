"""The deck: fictitious people and wrong cards, as data, and the files their cards hold.

Source: ``people.json`` (its label says what is invented); the files of a Vitale are written by ``making``.
"""

from __future__ import annotations

import enum
import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

from kiosk.card_reader.cps import AID_CHIPDOC, FID_SERIAL, ISSUER
from kiosk.card_reader.errors import UnknownCardError
from kiosk.card_reader.tlv import encode
from kiosk.card_reader.virtual.engine import CardEngine
from kiosk.card_reader.virtual.layout import Application, ElementaryFile, VirtualLayout
from kiosk.card_reader.virtual.making import (
    FID_NUMBERS,
    PUBLISHED,
    CardMaking,
    VirtualPerson,
    identity_file,
    layout_of,
)
from kiosk.card_reader.vitale import FID_MF

__all__ = [
    "FID_NUMBERS",
    "CardKind",
    "VirtualCard",
    "VirtualPerson",
    "card_of",
    "cps_layout",
    "deck",
    "identity_file",
    "vitale_layout",
]

AID_PAYMENT = b"2PAY.SYS.DDF01"
AID_OF_CPS_ROOT = bytes.fromhex("E828BD080F8025000001FF0010")
_TAG_SERIAL = 0x5A
_CHANNELS_OF_CPS4 = 3


class CardKind(enum.Enum):
    """What a card of the deck plays."""

    VITALE_2 = "vitale_2"
    VITALE_1 = "vitale_1"
    BANK = "bank"
    CPS = "cps"  # CPS3
    CPS_4 = "cps4"
    CPS_2_TER = "cps2ter"  # speaks class A0 only (vitale.md §7): to us an ATR and refusals
    MUTE = "mute"


@dataclass(frozen=True, slots=True)
class VirtualCard:
    """One card of the deck; ``label`` and ``hint`` are French, for the tray of the demo."""

    card_id: str
    label: str
    hint: str
    kind: CardKind
    atr: bytes
    serial: bytes = b""
    valid_from: str = ""
    persons: tuple[VirtualPerson, ...] = ()
    making: CardMaking = PUBLISHED

    def engine(self) -> CardEngine:
        """A chip with this card's files, freshly powered."""
        if self.kind is CardKind.VITALE_2:
            return CardEngine(vitale_layout(self))
        if self.kind is CardKind.BANK:
            return CardEngine(VirtualLayout(applications=(Application(AID_PAYMENT, None, ()),)))
        if self.kind in (CardKind.CPS, CardKind.CPS_4):
            return CardEngine(cps_layout(self))
        return CardEngine(VirtualLayout(speaks_iso=self.kind not in (CardKind.VITALE_1, CardKind.CPS_2_TER)))


@functools.cache
def deck() -> tuple[VirtualCard, ...]:
    """Every card of ``people.json``, in its order."""
    text = resources.files(__package__).joinpath("people.json").read_text(encoding="utf-8")
    return tuple(_card(entry) for entry in json.loads(text)["cards"])


def card_of(card_id: str) -> VirtualCard:
    """One card of the deck.

    Raises:
        UnknownCardError: there is none of that name.
    """
    for card in deck():
        if card.card_id == card_id:
            return card
    raise UnknownCardError(f"no card of that name; there are: {', '.join(card.card_id for card in deck())}")


def vitale_layout(card: VirtualCard) -> VirtualLayout:
    """Root and VITALE with their files, as a Vitale 2 of that card's making holds them."""
    return layout_of(card.persons, card.serial, card.valid_from, card.making)


def cps_layout(card: VirtualCard) -> VirtualLayout:
    """A professional's card with its serial number alone.

    CPS3: the root is not selected by file id (vitale.md §2.2). CPS4: the serial lies under ChipDoc, which is selected
    in a logical channel (§7); the application of the basic channel does not show it.
    """
    serial = ElementaryFile(FID_SERIAL, encode(_TAG_SERIAL, ISSUER + card.serial))
    if card.kind is CardKind.CPS_4:
        chip_doc = Application(AID_CHIPDOC, FID_MF, (serial,), by_name_only=True)
        basic = Application(AID_OF_CPS_ROOT, FID_MF, ())
        return VirtualLayout((basic, chip_doc), knows_file_ids_of_directories=False, channels=_CHANNELS_OF_CPS4)
    return VirtualLayout((Application(AID_OF_CPS_ROOT, FID_MF, (serial,)),), knows_file_ids_of_directories=False)


def _card(entry: Mapping[str, object]) -> VirtualCard:
    persons = entry.get("persons", [])
    assert isinstance(persons, list)
    return VirtualCard(
        card_id=str(entry["card_id"]),
        label=str(entry["label"]),
        hint=str(entry["hint"]),
        kind=CardKind(entry["kind"]),
        atr=bytes.fromhex(str(entry["atr"])),
        serial=bytes.fromhex(str(entry.get("serial", ""))),
        valid_from=str(entry.get("valid_from", "")),
        persons=tuple(VirtualPerson(**person) for person in persons),
    )
