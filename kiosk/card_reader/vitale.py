"""The Vitale 2 card: its names, and the three known ways to read it.

Source: vitale.md §2.1 (names), §2.2 to §2.4 (sequences A, B and C), §2.5 (status words). Nothing here needs a PIN or
a professional's card; rights and address are not on the card in any published form (§0).
Sequence A is tried first, then B, then C: no single one is documented for every card in the field.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kiosk.card_reader.apdu import (
    MAX_RESPONSE,
    Response,
    SelectBy,
    StatusWord,
    is_success,
    read_binary,
    select,
    transmit_all,
)
from kiosk.card_reader.atr import family_of
from kiosk.card_reader.connection import CardConnection
from kiosk.card_reader.tlv import MAX_BYTES
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
from kiosk.enrolment.holder import CardContents, CardFamily

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

# Applications that only a payment card has: PSE, PPSE, CB, Mastercard, Visa.
AIDS_OF_BANKS = (
    b"1PAY.SYS.DDF01",
    b"2PAY.SYS.DDF01",
    bytes.fromhex("A0000000421010"),
    bytes.fromhex("A0000000041010"),
    bytes.fromhex("A0000000031010"),
)

# "Not here, or not this way": the next sequence may know better. Any other status is a failure (vitale.md §6.6).
_REFUSALS = frozenset(
    {
        StatusWord.WRONG_LENGTH,
        StatusWord.COMMAND_INCOMPATIBLE_WITH_FILE,
        StatusWord.SECURITY_STATUS_NOT_SATISFIED,
        StatusWord.CONDITIONS_NOT_SATISFIED,
        StatusWord.NO_CURRENT_EF,
        StatusWord.WRONG_DATA,
        StatusWord.FUNCTION_NOT_SUPPORTED,
        StatusWord.FILE_NOT_FOUND,
        StatusWord.WRONG_P1_P2,
        StatusWord.REFERENCE_NOT_FOUND,
        StatusWord.OFFSET_OUTSIDE_EF,
        StatusWord.INS_NOT_SUPPORTED,
        StatusWord.CLA_NOT_SUPPORTED,
    }
)
_WRONG_CARDS = {
    CardFamily.VITALE_1: CardFault.WRONG_CARD_VITALE_1,
    CardFamily.CPS: CardFault.WRONG_CARD_CPS,
    CardFamily.BANK: CardFault.WRONG_CARD_BANK,
}


class CardConfusedError(CardError):
    """The card said 6F00: a reset may bring it back, once."""

    def __init__(self) -> None:
        super().__init__(CardFault.FAILED, "the card answered 6F00")


class _RefusedError(Exception):
    """A step of a sequence that this card does not offer."""

    def __init__(self, status: int) -> None:
        super().__init__(f"{status:04X}")
        self.status = status


class Vitale2Session:
    """One conversation with a card that may be a Vitale 2. ``found`` says whether VITALE was there to select."""

    def __init__(self, connection: CardConnection) -> None:
        self._transmit = connection.transmit
        self.found = False

    def read_short(self) -> VitaleFiles:
        """Sequence A: root by file id, both files by short id."""
        self._select(_SELECT_ROOT)
        identity = self._read(SFI_IDENTITY)
        pan = self._read_if_there(_SELECT_PAN)
        self._select_vitale()
        return VitaleFiles(identity, self._read(SFI_NUMBERS), pan)

    def read_by_name(self) -> VitaleFiles:
        """Sequence B: root by name, identity by file id; the numbers as in A (their file id is unpublished)."""
        self._select(_SELECT_ROOT_BY_NAME)
        identity = self._read_file(_SELECT_IDENTITY)
        pan = self._read_if_there(_SELECT_PAN)
        self._select_vitale()
        return VitaleFiles(identity, self._read(SFI_NUMBERS), pan)

    def read_by_map(self) -> VitaleFiles:
        """Sequence C: every file that POINTERS names and the card lets read, told apart by what they hold."""
        self._select_vitale()
        card_map = map_of(self._read_file(_SELECT_POINTERS))
        contents = [content for one in card_map.applications for content in self._read_mapped(one, card_map.files)]
        return VitaleFiles(
            identity=_first(contents, holds_names),
            numbers=_first(contents, holds_numbers),
            pan=_first(contents, lambda content: holds(content, TAG_PAN)),
            validity=_first(contents, lambda content: holds(content, TAG_CARD)),
        )

    def is_bank_card(self) -> bool:
        """Whether one of the payment applications answers."""
        for aid in AIDS_OF_BANKS:
            try:
                self._select(select(SelectBy.DF_NAME, aid).encode())
            except _RefusedError:
                continue
            return True
        return False

    def _read_mapped(self, application: MappedApplication, files: tuple[MappedFile, ...]) -> Iterator[bytes]:
        try:
            self._select(select(SelectBy.DF_NAME, application.aid).encode())
        except _RefusedError:
            return
        if application.aid == AID_MF_VITALE:  # never on the map, always tried (vitale.md §2.4 step 5)
            yield self._read_if_there(_SELECT_PAN)
        for file in files:
            if file.application == application.index:
                yield self._read_if_there(select(SelectBy.EF_UNDER_CURRENT_DF, file.fid).encode())

    def _select_vitale(self) -> None:
        self._select(_SELECT_VITALE)
        self.found = True

    def _select(self, command: bytes) -> None:
        """SELECT without fetching the file control information: nothing in it is needed."""
        _, status = self._transmit(command)
        if not is_success(status):
            raise _refusal_or_failure(status)

    def _read_if_there(self, selecting: bytes) -> bytes:
        try:
            return self._read_file(selecting)
        except _RefusedError:
            return b""

    def _read_file(self, selecting: bytes) -> bytes:
        self._select(selecting)
        return self._read()

    def _read(self, short_id: int | None = None) -> bytes:
        """The current EF, or the one of that short id, in blocks until one is not full; at most 8 KiB."""
        content = b""
        while len(content) < MAX_BYTES:
            answer = self._read_block(len(content), short_id)
            content += answer.data
            if answer.status != StatusWord.OK or len(answer.data) < MAX_RESPONSE:
                break
        return content

    def _read_block(self, offset: int, short_id: int | None) -> Response:
        command = read_binary(offset, short_id=short_id if offset == 0 else None)
        answer = transmit_all(self._transmit, command)
        if answer.status in (StatusWord.OK, StatusWord.END_OF_FILE_BEFORE_LE):
            return answer
        if offset and answer.status in (StatusWord.OFFSET_OUTSIDE_EF, StatusWord.WRONG_P1_P2):
            return Response(b"", answer.status)  # the file ended with a full block
        raise _refusal_or_failure(answer.status)


def read_card(connection: CardConnection, atr: bytes) -> CardContents:
    """Who is on the card: its files, and what they say.

    Raises:
        CardError: see ``read_files``.
    """
    return contents_of(read_files(connection, atr), atr)


def read_files(connection: CardConnection, atr: bytes) -> VitaleFiles:
    """The files, by the first sequence that gives somebody; ``contents_of`` can make sense of them later.

    Raises:
        CardError: WRONG_CARD_… with what was recognised; PROTECTED; DAMAGED; FAILED for a status word that is in
            no list; ``CardConfusedError`` (FAILED) when a reset may help; and whatever the connection raises.
    """
    session = Vitale2Session(connection)
    protected = False
    for sequence in (session.read_short, session.read_by_name, session.read_by_map):
        try:
            files = sequence()
        except _RefusedError as refused:
            protected |= refused.status == StatusWord.SECURITY_STATUS_NOT_SATISFIED
            continue
        if files.numbers and names_somebody(files):
            return files
    if session.found:
        raise CardError(CardFault.PROTECTED if protected else CardFault.DAMAGED)
    raise CardError(_name_of_wrong_card(session, atr))


def _name_of_wrong_card(session: Vitale2Session, atr: bytes) -> CardFault:
    by_atr = _WRONG_CARDS.get(family_of(atr))
    if by_atr is not None:
        return by_atr
    return CardFault.WRONG_CARD_BANK if session.is_bank_card() else CardFault.WRONG_CARD_UNKNOWN


def _refusal_or_failure(status: int) -> Exception:
    if status in _REFUSALS:
        return _RefusedError(status)
    if status == StatusWord.NO_PRECISE_DIAGNOSIS:
        return CardConfusedError()
    return CardError(CardFault.FAILED, f"unexpected status word {status:04X}")


def _first(contents: list[bytes], fits: Callable[[bytes], bool]) -> bytes:
    return next((content for content in contents if fits(content)), b"")
