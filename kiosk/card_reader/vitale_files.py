"""What the files of a Vitale 2 card say: bytes to persons. Pure; the sequences that fetch them are in ``vitale``.

Source: vitale.md §3.1 (tags and encodings), §3.4 (lunar dates stay raw), §5 (damaged cards). Whatever the bytes,
nothing here raises: a card that reads badly gives fewer persons and more warnings.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from kiosk.card_reader.tlv import Level, parse, read_level
from kiosk.enrolment.holder import CardContents, CardFamily, CardHolder, CardWarning
from wire.errors import IdentifierError
from wire.nir import Nir, NirKind

TAG_PERSON = 0x65
TAG_FAMILY_NAME = 0x80  # in a person
TAG_GIVEN_NAME = 0x81
TAG_BIRTH_DATE = 0x82
TAG_COUNTRY = 0x90
TAG_NIR = 0x93
TAG_CARD = 0x66
TAG_VALID_FROM = 0x80  # in the card
TAG_PAN = 0x5A
# Ours, of the private class: the virtual card declares itself so. Where real test cards do is not published.
TAG_NATURE = 0xDF01
NATURES_OF_TEST = (b"T", b"D")  # test, demonstration (vitale.md §1)

_CHARSET = "iso8859-1"
_UNWRITTEN = b"\xff"  # memory of a card that nobody wrote
_NIR_LENGTH = 15
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")  # C0, DEL and Latin-1's C1
_DATE_LENGTH = 8
_LAST_MONTH_OF_CALENDAR = 12


@dataclass(frozen=True, slots=True, repr=False)
class VitaleFiles:
    """Raw contents as read, padding included; empty where the card or the sequence gave none."""

    identity: bytes
    numbers: bytes
    pan: bytes = b""
    validity: bytes = b""

    def __repr__(self) -> str:
        return f"VitaleFiles({len(self.identity)} + {len(self.numbers)} bytes)"


def contents_of(files: VitaleFiles, atr: bytes) -> CardContents:
    """Persons paired with numbers by position, never shifted (vitale.md §2.2 step 5).

    A person whose entry is damaged leaves their position empty; where names and numbers differ in count, the
    surplus has no number. Each departure adds its warning once.
    """
    identity, numbers = read_level(files.identity), read_level(files.numbers)
    warnings: list[CardWarning] = []
    entries, texts = _templates(identity), _templates(numbers)
    if identity.faults or numbers.faults:
        warnings.append(CardWarning.DAMAGED_ENTRY)
    if len(entries) != len(texts):
        warnings.append(CardWarning.COUNTS_DIFFER)
    persons = tuple(
        holder
        for position, template in enumerate(entries)
        if (holder := _holder(position, template, texts[position : position + 1], warnings)) is not None
    )
    pan = read_level(files.pan).objects
    if _is_test_card(pan):
        warnings.append(CardWarning.TEST_CARD)
    return CardContents(
        persons=persons,
        family=CardFamily.VITALE_2,
        atr=atr,
        serial=_serial(pan),
        valid_from=_valid_from(files),
        identity_file=files.identity,
        warnings=tuple(dict.fromkeys(warnings)),
    )


def names_somebody(files: VitaleFiles) -> bool:
    """Whether ``contents_of`` would find a person: the least work that tells."""
    return any(_entry(person) is not None for person in _templates(read_level(files.identity)))


def holds_names(content: bytes) -> bool:
    """Whether a file read by map is the one of the names."""
    return any(TAG_FAMILY_NAME in read_level(person).fields() for person in _templates(read_level(content)))


def holds_numbers(content: bytes) -> bool:
    """Whether a file read by map is the one of the numbers."""
    return any(TAG_NIR in read_level(person).fields() for person in _templates(read_level(content)))


def holds(content: bytes, tag: int) -> bool:
    """Whether an object with that tag stands anywhere in the file."""
    return any(item.tag == tag for item in parse(content).walk())


def _templates(level: Level) -> list[bytes]:
    return [value for tag, value in level.objects if tag == TAG_PERSON]


def _holder(position: int, template: bytes, numbers: list[bytes], warnings: list[CardWarning]) -> CardHolder | None:
    entry = _entry(template)
    if entry is None:
        warnings.append(CardWarning.DAMAGED_ENTRY)
        return None
    family, given, birth, country = entry
    if not _is_card_date(birth):
        warnings.append(CardWarning.BIRTH_DATE_ODD)
    return CardHolder(position, family, given, birth, country, _number(numbers[0], warnings) if numbers else None)


def _entry(template: bytes) -> tuple[str, str, str, str | None] | None:
    """Family name, given name, birth date, country of a person, before a number is put to it.

    None where a name is missing, empty, doubled or not text: no guess is made of them.
    """
    inside = read_level(template)
    if inside.faults:
        return None
    fields = inside.fields()
    family, given, birth = _text(fields, TAG_FAMILY_NAME), _text(fields, TAG_GIVEN_NAME), _text(fields, TAG_BIRTH_DATE)
    if not family or given is None or birth is None:
        return None
    return family, given, birth, _text(fields, TAG_COUNTRY) or None


def _number(template: bytes, warnings: list[CardWarning]) -> Nir | None:
    text = _text(read_level(template).fields(), TAG_NIR)
    try:
        if text is None or len(text) != _NIR_LENGTH:
            raise IdentifierError("not 15 characters", code="nir_length")  # noqa: TRY301 - one way out for both
        nir = Nir.parse(text)
    except IdentifierError:
        warnings.append(CardWarning.NUMBER_INVALID)
        return None
    if nir.kind is NirKind.PROVISIONAL:
        warnings.append(CardWarning.NUMBER_PROVISIONAL)
    return nir


def _text(fields: dict[int, bytes | None], tag: int) -> str | None:
    """Latin-1 without its blanks; None where absent, doubled, unwritten or holding control characters."""
    value = fields.get(tag)
    if value is None:
        return None
    if value and not value.strip(_UNWRITTEN):
        return None
    text = value.decode(_CHARSET).strip(" \u00a0")
    # Printable text, which is nearly all there is, has no control character: no need to look for one.
    return text if text.isprintable() or not _CONTROLS.search(text) else None


def _is_card_date(raw: str) -> bool:
    """A day of the calendar, or a lunar date: month 00 or 13 to 99, or day 00 (vitale.md §3.4)."""
    if len(raw) != _DATE_LENGTH or not (raw.isascii() and raw.isdigit()):
        return False
    year, month, day = int(raw[:4]), int(raw[4:6]), int(raw[6:])
    if month == 0 or month > _LAST_MONTH_OF_CALENDAR or day == 0:
        return year > 0
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _serial(pan: list[tuple[int, bytes]]) -> str | None:
    values = [value for tag, value in pan if tag == TAG_PAN]
    return values[0].hex().upper() if len(values) == 1 and values[0] else None


def _is_test_card(pan: list[tuple[int, bytes]]) -> bool:
    return any(tag == TAG_NATURE and value in NATURES_OF_TEST for tag, value in pan)


def _valid_from(files: VitaleFiles) -> str | None:
    for tag, value in read_level(files.validity).objects:
        if tag == TAG_CARD:
            text = _text(read_level(value).fields(), TAG_VALID_FROM)
            return text if text is not None and _is_card_date(text) else None
    return None
