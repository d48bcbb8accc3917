"""How one Vitale 2 card is made: what cards of the field do differently, and the files that come of it. Pure.

Source: vitale.md §2 (sequences, status words), §3.1 (files and encodings), §5 (damaged cards). File ids other than
D001 and the tag that declares a virtual card (``vitale_files.TAG_NATURE``) are ours.
``CardMaking`` is also what the field ``making`` of a scenario file may say, hence a struct of msgspec.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta, Struct, field

from kiosk.card_reader.tlv import MAX_BYTES, encode
from kiosk.card_reader.virtual.layout import Application, ElementaryFile, PastEnd, SelectAnswer, VirtualLayout
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
AID_ADELE = bytes.fromhex("D2500000044164E86C650101")
_SFI = 2
_TAG_DIR_ENTRY = 0x61
_TAG_AID = 0x4F
_TAG_LABEL = 0x50
_LARGEST_FILE = MAX_BYTES * 2  # what a reader must refuse to swallow can still be made

FileSize = Annotated[int, Meta(ge=0, le=_LARGEST_FILE)]
Hexadecimal = Annotated[str, Meta(pattern=r"^([0-9A-Fa-f]{2})*$", max_length=2 * _LARGEST_FILE)]


class VitaleFile(enum.Enum):
    """The files of a Vitale 2 by what they hold."""

    IDENTITY = "identity"
    NUMBERS = "numbers"
    PAN = "pan"
    VALIDITY = "validity"
    POINTERS = "pointers"
    DIRECTORY = "directory"


class Lengths(enum.Enum):
    """The form of BER lengths: the shortest, or at least so many bytes."""

    SHORTEST = "shortest"
    TWO_BYTES = "two_bytes"  # 81 LL
    THREE_BYTES = "three_bytes"  # 82 LLLL


class Padding(enum.Enum):
    """What fills a file after its last object."""

    ZEROS = "zeros"
    ONES = "ff"
    NONE = "none"


class Emptied(enum.Enum):
    """How an unused file looks (vitale.md §2.4 step 6)."""

    ZEROS = "zeros"  # 00 all over
    HEADER = "header"  # 04 00, then 00
    NOTHING = "nothing"  # no byte


@dataclass(frozen=True, slots=True)
class VirtualPerson:
    """One invented person; ``number`` is 15 characters, right or wrong as the card wants it."""

    family_name: str
    given_name: str
    birth_date: str
    country: str
    number: str


class CardMaking(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What one maker's cards do, and what became of the card since; the defaults are the published card."""

    select_answer: SelectAnswer = SelectAnswer.GET_RESPONSE
    past_end: PastEnd = PastEnd.WRONG_LE
    knows_short_ids: bool = True
    knows_directories_by_id: bool = True
    has_map: bool = True
    has_look_alike: bool = False  # Adèle before the others: an application whose name begins like theirs
    lengths: Lengths = Lengths.SHORTEST
    padding: Padding = Padding.ZEROS
    identity_size: FileSize = SIZE_OF_IDENTITY  # bytes the identity file is padded to
    spare_bytes: FileSize = 0  # bytes of padding at the end of every file, beyond that
    undeclared_bytes: FileSize = 0  # by how many bytes the FCI of every file says too little
    emptied: dict[VitaleFile, Emptied] = field(default_factory=dict)
    cut_at: dict[VitaleFile, FileSize] = field(default_factory=dict)  # the file ends at this byte, objects or not
    contents: dict[VitaleFile, Hexadecimal] = field(default_factory=dict)  # these bytes and no others
    protected: frozenset[VitaleFile] = frozenset()
    absent: frozenset[VitaleFile] = frozenset()


PUBLISHED = CardMaking()


def layout_of(persons: Sequence[VirtualPerson], serial: bytes, valid_from: str, making: CardMaking) -> VirtualLayout:
    """The whole chip: root and VITALE with their files, as a Vitale 2 of that making holds them."""
    maker = _Maker(making)
    root = Application(
        AID_MF_VITALE,
        FID_MF,
        (
            *maker.file(VitaleFile.DIRECTORY, FID_DIR, maker.directory()),
            *maker.file(VitaleFile.PAN, FID_PAN, maker.pan(serial)),
            *maker.file(VitaleFile.IDENTITY, FID_IDENTITY, maker.identity(persons), _SFI),
        ),
    )
    vitale = Application(
        AID_VITALE,
        None,
        (
            *maker.file(VitaleFile.POINTERS, FID_POINTERS, maker.pointers()),
            *maker.file(VitaleFile.NUMBERS, FID_NUMBERS, maker.numbers(persons), _SFI),
            *maker.file(VitaleFile.VALIDITY, FID_VALIDITY, maker.validity(valid_from)),
        ),
    )
    adele = (Application(AID_ADELE, None, ()),) if making.has_look_alike else ()
    return VirtualLayout(
        applications=(*adele, root, vitale),
        knows_file_ids_of_directories=making.knows_directories_by_id,
        knows_short_ids=making.knows_short_ids,
        select_answer=making.select_answer,
        past_end=making.past_end,
    )


def identity_file(persons: Sequence[VirtualPerson], making: CardMaking = PUBLISHED) -> bytes:
    """One template a person, in Latin-1, padded."""
    return _Maker(making).identity(persons)


class _Maker:
    """Writes the files in one making."""

    def __init__(self, making: CardMaking) -> None:
        self._making = making

    def file(
        self, which: VitaleFile, fid: bytes, content: bytes, short_id: int | None = None
    ) -> tuple[ElementaryFile, ...]:
        """The file as it lies on the chip; none when this card lacks it."""
        making = self._making
        if which in making.absent or (which is VitaleFile.POINTERS and not making.has_map):
            return ()
        content = self._spoilt(which, content + self._fill(making.spare_bytes))
        is_protected = which in making.protected
        declared = max(0, len(content) - making.undeclared_bytes)
        return (ElementaryFile(fid, content, short_id, is_protected=is_protected, declared_size=declared),)

    def identity(self, persons: Sequence[VirtualPerson]) -> bytes:
        """Names and birth dates."""
        written = b"".join(self._identity_template(person) for person in persons)
        return written + self._fill(self._making.identity_size - len(written))

    def numbers(self, persons: Sequence[VirtualPerson]) -> bytes:
        """One template a person, in the same order."""
        return b"".join(self._tlv(TAG_PERSON, self._tlv(TAG_NIR, person.number.encode())) for person in persons)

    def validity(self, valid_from: str) -> bytes:
        """Since when the card is valid."""
        return self._tlv(TAG_CARD, self._tlv(TAG_VALID_FROM, valid_from.encode()))

    def pan(self, serial: bytes) -> bytes:
        """The card's number, and that it is a test card."""
        return self._tlv(TAG_PAN, serial) + self._tlv(TAG_NATURE, b"T")

    def directory(self) -> bytes:
        """EF DIR: the applications beside the root."""
        return self._tlv(_TAG_DIR_ENTRY, self._tlv(_TAG_AID, AID_VITALE) + self._tlv(_TAG_LABEL, b"VITALE"))

    def pointers(self) -> bytes:
        """The map of the card."""
        applications = b"".join(
            self._tlv(0x82, index.to_bytes(2, "big") + b"\x00\x00" + aid)
            for index, aid in ((1, AID_MF_VITALE), (2, AID_VITALE))
        )
        entries = ((b"IDENT", 1, FID_IDENTITY), (b"NIRS", 2, FID_NUMBERS), (b"VALID", 2, FID_VALIDITY))
        files = b"".join(
            self._tlv(0x80, name.ljust(8) + index.to_bytes(2, "big") + fid) for name, index, fid in entries
        )
        return self._tlv(0xE0, self._tlv(0xA0, applications) + files)

    def _identity_template(self, person: VirtualPerson) -> bytes:
        fields = {
            TAG_FAMILY_NAME: person.family_name,
            TAG_GIVEN_NAME: person.given_name,
            TAG_BIRTH_DATE: person.birth_date,
            TAG_COUNTRY: person.country,
        }
        return self._tlv(TAG_PERSON, b"".join(self._tlv(tag, text.encode("iso8859-1")) for tag, text in fields.items()))

    def _tlv(self, tag: int, value: bytes) -> bytes:
        """One object whose length has the form of this making, or the next longer one that can say it."""
        lengths, size = self._making.lengths, len(value)
        shortest = encode(tag, value)
        head = tag.to_bytes((tag.bit_length() + 7) // 8, "big")
        if lengths is Lengths.THREE_BYTES:
            return head + b"\x82" + size.to_bytes(2, "big") + value
        if lengths is Lengths.TWO_BYTES and size <= 0xFF:  # noqa: PLR2004 - what one byte can say
            return head + b"\x81" + bytes((size,)) + value
        return shortest

    def _fill(self, count: int) -> bytes:
        byte = {Padding.ZEROS: b"\x00", Padding.ONES: b"\xff", Padding.NONE: b""}[self._making.padding]
        return byte * max(0, count)

    def _spoilt(self, which: VitaleFile, content: bytes) -> bytes:
        making = self._making
        if which in making.contents:
            content = bytes.fromhex(making.contents[which])
        emptied = making.emptied.get(which)
        if emptied is Emptied.NOTHING:
            content = b""
        elif emptied is not None:
            content = (b"\x04" if emptied is Emptied.HEADER else b"").ljust(len(content), b"\x00")
        return content[: making.cut_at.get(which)]
