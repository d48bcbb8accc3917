"""BER-TLV as cards write it: defensive on the way in, exact on the way out. Pure.

Source: ISO/IEC 7816-4 §5.2.2 and annex E (padding by 00 or FF before, between and after objects), vitale.md §3.1.
A file from a card is never trusted: parsing does not raise, it returns what was good and says what was not.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from typing import NamedTuple

MAX_LEVELS = 8  # nesting; a person on a Vitale card is at level 2
MAX_BYTES = 8 * 1024  # of one file; the largest ones known have some hundred
MAX_TAG_BYTES = 3
MAX_LENGTH_BYTES = 3  # 82 LLLL is the longest form that fits MAX_BYTES, 83 costs nothing to understand

_PADDING = b"\x00\xff"
_CONSTRUCTED = 0x20
_LONG_TAG = 0x1F
_MORE = 0x80
_SHORT_LENGTH_MAX = 0x7F


@enum.unique
class TlvFault(enum.Enum):
    """Why a part of the bytes could not be read."""

    TRUNCATED = "truncated"  # a tag or a length without its end, or a length past the end
    LENGTH_FORM = "length_form"  # indefinite, or more bytes of length than any card needs
    TAG_FORM = "tag_form"
    TOO_DEEP = "too_deep"
    TOO_LARGE = "too_large"


class Tlv(NamedTuple):
    """One object. ``faults`` names what could not be read inside it; its readable children are there."""

    tag: int
    value: bytes
    children: tuple[Tlv, ...] = ()
    faults: tuple[TlvFault, ...] = ()

    def __repr__(self) -> str:
        return f"Tlv({self.tag:X}, {len(self.value)} bytes)"


class Parsed(NamedTuple):
    """The good objects in their order, and what ended or spoilt the reading at this level."""

    items: tuple[Tlv, ...]
    faults: tuple[TlvFault, ...]

    def walk(self) -> Iterator[Tlv]:
        """Every object at every level, parents first."""
        waiting = list(reversed(self.items))
        while waiting:
            item = waiting.pop()
            yield item
            waiting.extend(reversed(item.children))


class Level(NamedTuple):
    """The good objects of one level, tag and value in their order, and what ended the reading."""

    objects: list[tuple[int, bytes]]
    faults: tuple[TlvFault, ...]

    def __repr__(self) -> str:
        return f"Level({len(self.objects)} objects)"

    def fields(self) -> dict[int, bytes | None]:
        """The values by tag; None for a tag that stands there twice, for neither can be trusted."""
        values: dict[int, bytes | None] = {}
        for tag, value in self.objects:
            values[tag] = None if tag in values else value
        return values


class _BadFormError(Exception):
    """One object cannot be delimited, so nothing after it can."""

    def __init__(self, fault: TlvFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


def parse(data: bytes) -> Parsed:
    """Read a file's content as a tree. Whatever the bytes, this returns; at most 8 levels and 8 KiB are looked at."""
    return _parse_level(data, 1)


def read_level(data: bytes) -> Level:
    """One pass over the objects of a single level; what is inside them is left as it is. Never raises.

    The common form of a tag and a length, a byte each, is read in place: a reading does this while the card waits.
    """
    objects: list[tuple[int, bytes]] = []
    at, limit = 0, min(len(data), MAX_BYTES)
    while at < limit:
        first = data[at]
        if first in _PADDING:
            at = limit - len(data[at:limit].lstrip(_PADDING))
            continue
        try:
            if first & _LONG_TAG != _LONG_TAG and at + 1 < limit and data[at + 1] <= _SHORT_LENGTH_MAX:
                tag, size, at = first, data[at + 1], at + 2
            else:
                tag, size, at = _parse_head(data[:limit], at)
        except _BadFormError as bad:
            return Level(objects, (bad.fault,))
        if at + size > limit:
            return Level(objects, (TlvFault.TRUNCATED,))
        objects.append((tag, data[at : at + size]))
        at += size
    return Level(objects, (TlvFault.TOO_LARGE,) if limit < len(data) else ())


def encode(tag: int, value: bytes) -> bytes:
    """One object with the shortest length form; ``tag`` as it is written, for example 0x7F21."""
    head = tag.to_bytes((tag.bit_length() + 7) // 8, "big")
    size = len(value)
    if size <= _SHORT_LENGTH_MAX:
        return head + bytes((size,)) + value
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return head + bytes((_MORE | len(length),)) + length + value


def _parse_level(data: bytes, level: int) -> Parsed:
    objects, faults = read_level(data)
    return Parsed(tuple([_tree(tag, value, level) for tag, value in objects]), faults)


def _tree(tag: int, value: bytes, level: int) -> Tlv:
    if not tag.to_bytes(MAX_TAG_BYTES, "big").lstrip(b"\x00")[0] & _CONSTRUCTED:
        return Tlv(tag, value)
    if level >= MAX_LEVELS:
        return Tlv(tag, value, faults=(TlvFault.TOO_DEEP,))
    inside = _parse_level(value, level + 1)
    return Tlv(tag, value, inside.items, inside.faults)


def _parse_head(data: bytes, at: int) -> tuple[int, int, int]:
    """Tag and length of any form, and where the value begins."""
    first = data[at]
    tag, at = (first, at + 1) if first & _LONG_TAG != _LONG_TAG else _parse_tag(data, at)
    size, at = _parse_length(data, at)
    return tag, size, at


def _parse_tag(data: bytes, at: int) -> tuple[int, int]:
    """A tag of two bytes or more."""
    end = at + 1
    while end < len(data) and data[end] & _MORE:
        end += 1
    end += 1
    if end > len(data):
        raise _BadFormError(TlvFault.TRUNCATED)
    if end - at > MAX_TAG_BYTES:
        raise _BadFormError(TlvFault.TAG_FORM)
    return int.from_bytes(data[at:end], "big"), end


def _parse_length(data: bytes, at: int) -> tuple[int, int]:
    if at >= len(data):
        raise _BadFormError(TlvFault.TRUNCATED)
    first = data[at]
    if first <= _SHORT_LENGTH_MAX:
        return first, at + 1
    count = first & _SHORT_LENGTH_MAX
    if not 1 <= count <= MAX_LENGTH_BYTES:
        raise _BadFormError(TlvFault.LENGTH_FORM)
    end = at + 1 + count
    if end > len(data):
        raise _BadFormError(TlvFault.TRUNCATED)
    return int.from_bytes(data[at + 1 : end], "big"), end
