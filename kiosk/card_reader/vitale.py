"""The Vitale 2 card: its names, and the three known ways to read it.

Source: vitale.md §2.1 (names), §2.2 to §2.4 (sequences A, B and C), §2.5 (status words). Nothing here needs a PIN or
a professional's card; rights and address are not on the card in any published form (§0).
Sequence A is tried first, then B, then C: no single one is documented for every card in the field.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kiosk.card_reader.apdu import SelectBy, select
from kiosk.card_reader.card_files import CardFiles, RefusedError
from kiosk.card_reader.connection import CardConnection
from kiosk.card_reader.stranger import fault_of_stranger
from kiosk.card_reader.vitale_files import (
    TAG_CARD,
    TAG_PAN,
    VitaleFiles,
    contents_of,
    holds,
    holds_names,
    holds_numbers,
    names_somebody,
)
from kiosk.card_reader.vitale_map import MappedApplication, MappedFile, map_of
from kiosk.enrolment.errors import CardError, CardFault
from kiosk.enrolment.holder import CardContents

AID_MF_VITALE = bytes.fromhex("D250000002") + b"MF_VITALE"
AID_VITALE = bytes.fromhex("D250000002") + b"VITALE"
FID_MF = bytes.fromhex("3F00")
FID_PAN = bytes.fromhex("2F02")  # under the root
FID_IDENTITY = bytes.fromhex("D001")  # under the root
FID_POINTERS = bytes.fromhex("2001")  # under VITALE
SFI_IDENTITY = 2  # under the root
SFI_NUMBERS = 2  # under VITALE

# Written once: a reading sends them while the card waits.
_SELECT_ROOT = select(SelectBy.FILE_ID, FID_MF).encode()
_SELECT_ROOT_BY_NAME = select(SelectBy.DF_NAME, AID_MF_VITALE).encode()
_SELECT_VITALE = select(SelectBy.DF_NAME, AID_VITALE).encode()
_SELECT_PAN = select(SelectBy.EF_UNDER_CURRENT_DF, FID_PAN).encode()
_SELECT_IDENTITY = select(SelectBy.EF_UNDER_CURRENT_DF, FID_IDENTITY).encode()
_SELECT_POINTERS = select(SelectBy.EF_UNDER_CURRENT_DF, FID_POINTERS).encode()


class Vitale2Session:
    """One conversation with a card that may be a Vitale 2. ``found`` says whether VITALE was there to select."""

    def __init__(self, files: CardFiles) -> None:
        self._files = files
        self.found = False

    def read_short(self) -> VitaleFiles:
        """Sequence A: root by file id, both files by short id."""
        self._files.select(_SELECT_ROOT)
        identity = self._files.read(SFI_IDENTITY)
        pan = self._files.read_if_there(_SELECT_PAN)
        self._select_vitale()
        return VitaleFiles(identity, self._files.read(SFI_NUMBERS), pan)

    def read_by_name(self) -> VitaleFiles:
        """Sequence B: root by name, identity by file id; the numbers as in A (their file id is unpublished)."""
        self._files.select(_SELECT_ROOT_BY_NAME)
        identity = self._files.read_file(_SELECT_IDENTITY)
        pan = self._files.read_if_there(_SELECT_PAN)
        self._select_vitale()
        return VitaleFiles(identity, self._files.read(SFI_NUMBERS), pan)

    def read_by_map(self) -> VitaleFiles:
        """Sequence C: every file that POINTERS names and the card lets read, told apart by what they hold."""
        self._select_vitale()
        card_map = map_of(self._files.read_file(_SELECT_POINTERS))
        contents = [content for one in card_map.applications for content in self._read_mapped(one, card_map.files)]
        return VitaleFiles(
            identity=_first(contents, holds_names),
            numbers=_first(contents, holds_numbers),
            pan=_first(contents, lambda content: holds(content, TAG_PAN)),
            validity=_first(contents, lambda content: holds(content, TAG_CARD)),
        )

    def _read_mapped(self, application: MappedApplication, files: tuple[MappedFile, ...]) -> Iterator[bytes]:
        if not self._files.offers(application.aid):
            return
        if application.aid == AID_MF_VITALE:  # never on the map, always tried (vitale.md §2.4 step 5)
            yield self._files.read_if_there(_SELECT_PAN)
        for file in files:
            if file.application == application.index:
                yield self._files.read_if_there(select(SelectBy.EF_UNDER_CURRENT_DF, file.fid).encode())

    def _select_vitale(self) -> None:
        self._files.select(_SELECT_VITALE)
        self.found = True


def read_card(connection: CardConnection, atr: bytes) -> CardContents:
    """Who is on the card: its files, and what they say.

    Raises:
        CardError: see ``read_files``.
    """
    return contents_of(read_files(connection, atr), atr)


def read_files(connection: CardConnection, atr: bytes) -> VitaleFiles:
    """The files, by the first sequence that gives somebody with numbers; ``contents_of`` makes sense of them later.

    Where no sequence finds numbers at all, and none is kept from us, the names alone: their numbers are unknown.

    Raises:
        CardError: WRONG_CARD_… with what was recognised; PROTECTED; DAMAGED; FAILED for a status word that is in
            no list; ``CardConfusedError`` (FAILED) when a reset may help; and whatever the connection raises.
    """
    files = CardFiles(connection)
    session = Vitale2Session(files)
    names_alone = None
    for sequence in (session.read_short, session.read_by_name, session.read_by_map):
        try:
            found = sequence()
        except RefusedError:
            continue
        if names_somebody(found):
            if found.numbers:
                return found
            names_alone = names_alone or found
    if not session.found:
        raise CardError(fault_of_stranger(files, atr))
    if names_alone is None or files.is_guarded:
        raise CardError(CardFault.PROTECTED if files.is_guarded else CardFault.DAMAGED)
    return names_alone


def _first(contents: list[bytes], fits: Callable[[bytes], bool]) -> bytes:
    return next((content for content in contents if fits(content)), b"")
