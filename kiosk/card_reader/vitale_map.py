"""The map of a Vitale 2 card, file POINTERS: which applications it has and which files lie in them. Pure.

Source: vitale.md §2.4 step 4. The names and file ids that real maps list are not published, so a map is followed as it
is found, as far as it can be read and no further than the limits.
"""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.card_reader.tlv import Tlv, parse

TAG_APPLICATION = 0x82
TAG_FILE = 0x80
MAX_APPLICATIONS = 16  # a map that names more is not followed further
MAX_FILES = 64

_AID_AT = 4  # after the index and two unknown bytes
_FILE_ENTRY_LENGTH = 12  # name 8, index of the application 2, file id 2; what may follow is unknown


@dataclass(frozen=True, slots=True)
class MappedApplication:
    """An application and the index by which files name it."""

    index: int
    aid: bytes


@dataclass(frozen=True, slots=True)
class MappedFile:
    """A file and the index of the application it lies in."""

    application: int
    fid: bytes


@dataclass(frozen=True, slots=True)
class CardMap:
    """What the map names, in its order."""

    applications: tuple[MappedApplication, ...]
    files: tuple[MappedFile, ...]


def map_of(content: bytes) -> CardMap:
    """Read POINTERS; entries that are too short are left out. Whatever the bytes, this returns."""
    entries = [item for item in parse(content).walk() if not item.children]
    applications = [_application(item) for item in entries if item.tag == TAG_APPLICATION and len(item.value) > _AID_AT]
    files = [_file(item) for item in entries if item.tag == TAG_FILE and len(item.value) >= _FILE_ENTRY_LENGTH]
    return CardMap(tuple(applications[:MAX_APPLICATIONS]), tuple(files[:MAX_FILES]))


def _application(item: Tlv) -> MappedApplication:
    return MappedApplication(int.from_bytes(item.value[:2], "big"), item.value[_AID_AT:])


def _file(item: Tlv) -> MappedFile:
    return MappedFile(int.from_bytes(item.value[8:10], "big"), item.value[10:12])
