"""The deck: fictitious people and wrong cards, as data, and the files their cards hold.

Source: ``people.json`` (its label says what is invented); file layout of vitale.md §3.1. File ids other than D001
and the tag that declares a virtual card (``vitale_files.TAG_NATURE``) are ours.
"""

from __future__ import annotations

import enum
import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

from kiosk.card_reader.cps import FID_SERIAL, ISSUER
from kiosk.card_reader.errors import UnknownCardError
from kiosk.card_reader.tlv import encode
from kiosk.card_reader.virtual.engine import Application, CardEngine, ElementaryFile, VirtualLayout
from kiosk.card_reader.vitale import AID_MF_VITALE, AID_VITALE, FID_IDENTITY, FID_MF, FID_PAN, FID_POINTERS
from kiosk.card_reader.vitale_files import (
    TAG_BIRTH_DATE,
    TAG_CARD,
    TAG_COUNTRY,
    TAG_FAMILY_NAME,
    TAG_GIVEN_NAME,
    TAG_NATURE,
    TAG_NIR,
    TAG_PAN,
    TAG_PERSON,
    TAG_VALID_FROM,
)

SIZE_OF_IDENTITY = 0x7C  # bytes of the file on the one card whose size is published; longer contents make it longer
FID_DIR = bytes.fromhex("2F00")
FID_NUMBERS = bytes.fromhex("D002")  # ours
FID_VALIDITY = bytes.fromhex("D003")  # ours
AID_PAYMENT = b"2PAY.SYS.DDF01"
AID_OF_CPS_ROOT = bytes.fromhex("E828BD080F8025000001FF0010")
_SFI = 2
_TAG_DIR_ENTRY = 0x61
_TAG_SERIAL = 0x5A
_TAG_AID = 0x4F
_TAG_LABEL = 0x50


class CardKind(enum.Enum):
    """What a card of the deck plays."""

    VITALE_2 = "vitale_2"
    VITALE_1 = "vitale_1"
    BANK = "bank"
    CPS = "cps"
    MUTE = "mute"


@dataclass(frozen=True, slots=True)
class VirtualPerson:
    """One invented person; ``number`` is 15 characters, right or wrong as the card wants it."""

    family_name: str
    given_name: str
    birth_date: str
    country: str
    number: str


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

    def engine(self) -> CardEngine:
        """A chip with this card's files, freshly powered."""
        if self.kind is CardKind.VITALE_2:
            return CardEngine(vitale_layout(self))
        if self.kind is CardKind.BANK:
            return CardEngine(VirtualLayout(applications=(Application(AID_PAYMENT, None, ()),)))
        if self.kind is CardKind.CPS:
            return CardEngine(cps_layout(self))
        return CardEngine(VirtualLayout(speaks_iso=self.kind is not CardKind.VITALE_1))


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
    """Root and VITALE with their files, as a Vitale 2 holds them."""
    root = Application(
        AID_MF_VITALE,
        FID_MF,
        (
            ElementaryFile(FID_DIR, _directory()),
            ElementaryFile(FID_PAN, encode(TAG_PAN, card.serial) + encode(TAG_NATURE, b"T")),
            ElementaryFile(FID_IDENTITY, identity_file(card.persons), short_id=_SFI),
        ),
    )
    vitale = Application(
        AID_VITALE,
        None,
        (
            ElementaryFile(FID_POINTERS, _pointers()),
            ElementaryFile(FID_NUMBERS, numbers_file(card.persons), short_id=_SFI),
            ElementaryFile(FID_VALIDITY, encode(TAG_CARD, encode(TAG_VALID_FROM, card.valid_from.encode()))),
        ),
    )
    return VirtualLayout(applications=(root, vitale))


def cps_layout(card: VirtualCard) -> VirtualLayout:
    """A professional's card with its serial number alone; its root is not selected by file id (vitale.md §2.2)."""
    serial = ElementaryFile(FID_SERIAL, encode(_TAG_SERIAL, ISSUER + card.serial))
    return VirtualLayout(
        applications=(Application(AID_OF_CPS_ROOT, FID_MF, (serial,)),), knows_file_ids_of_directories=False
    )


def identity_file(persons: tuple[VirtualPerson, ...]) -> bytes:
    """One template a person, in Latin-1, padded with 00."""
    return b"".join(_identity_template(person) for person in persons).ljust(SIZE_OF_IDENTITY, b"\x00")


def numbers_file(persons: tuple[VirtualPerson, ...]) -> bytes:
    """One template a person, in the same order."""
    return b"".join(encode(TAG_PERSON, encode(TAG_NIR, person.number.encode())) for person in persons)


def _identity_template(person: VirtualPerson) -> bytes:
    fields = {
        TAG_FAMILY_NAME: person.family_name,
        TAG_GIVEN_NAME: person.given_name,
        TAG_BIRTH_DATE: person.birth_date,
        TAG_COUNTRY: person.country,
    }
    return encode(TAG_PERSON, b"".join(encode(tag, text.encode("iso8859-1")) for tag, text in fields.items()))


def _directory() -> bytes:
    return encode(_TAG_DIR_ENTRY, encode(_TAG_AID, AID_VITALE) + encode(_TAG_LABEL, b"VITALE"))


def _pointers() -> bytes:
    applications = b"".join(
        encode(0x82, index.to_bytes(2, "big") + b"\x00\x00" + aid)
        for index, aid in ((1, AID_MF_VITALE), (2, AID_VITALE))
    )
    files = b"".join(
        encode(0x80, name.ljust(8) + index.to_bytes(2, "big") + fid)
        for name, index, fid in ((b"IDENT", 1, FID_IDENTITY), (b"NIRS", 2, FID_NUMBERS), (b"VALID", 2, FID_VALIDITY))
    )
    return encode(0xE0, encode(0xA0, applications) + files)


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
