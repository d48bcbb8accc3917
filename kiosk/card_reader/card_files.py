"""SELECT and READ BINARY over one connection: whole files out, and what each status word means to a reading.

Source: ISO/IEC 7816-4 §7.1 and §7.2, vitale.md §2.4 step 3 (blocks), §2.5 (status words), §6.6 (any other status word
is a failure). However often a card says "go on", one conversation sends at most ``MAX_COMMANDS``.
"""

from __future__ import annotations

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
from kiosk.card_reader.connection import CardConnection
from kiosk.card_reader.tlv import MAX_BYTES, TlvFault, read_level
from kiosk.enrolment.errors import CardError, CardFault

# The longest honest reading, a map of 64 files of which each asks for its length first, stays below 250.
MAX_COMMANDS = 600

# "Not here, or not this way": another way in may be open. Any other status is a failure.
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


class CardConfusedError(CardError):
    """The card said 6F00: a reset may bring it back, once."""

    def __init__(self) -> None:
        super().__init__(CardFault.FAILED, "the card answered 6F00")


class RefusedError(Exception):
    """A step that this card does not offer; never leaves the package."""


class CardFiles:
    """The files of one card, reached through one connection.

    Every method may raise what the connection raises, FAILED for a status word of no list or a card without end,
    and ``CardConfusedError``. ``is_guarded``: some file or other asked for rights that we do not have.
    """

    def __init__(self, connection: CardConnection) -> None:
        self.is_guarded = False
        self._send = connection.transmit
        self._left = MAX_COMMANDS

    def select(self, command: bytes) -> None:
        """SELECT, encoded; the file control information is left where it is: nothing in it is needed.

        Raises:
            RefusedError: there is no such thing here.
        """
        _, status = self._transmit(command)
        if not is_success(status):
            raise self._refusal_or_failure(status)

    def offers(self, aid: bytes) -> bool:
        """Whether the card has an application of that name; it is selected then."""
        try:
            self.select(select(SelectBy.DF_NAME, aid).encode())
        except RefusedError:
            return False
        return True

    def read_file(self, selecting: bytes) -> bytes:
        """The file that this SELECT, encoded, reaches.

        Raises:
            RefusedError: it is not there, or may not be read.
        """
        self.select(selecting)
        return self.read()

    def read_if_there(self, selecting: bytes) -> bytes:
        """As ``read_file``; nothing where that is refused."""
        try:
            return self.read_file(selecting)
        except RefusedError:
            return b""

    def read(self, short_id: int | None = None) -> bytes:
        """The current file, or the one of that short id, block by block; at most 8 KiB.

        A block that is not full ends the file where the card says so (6282, or 6Cxx with what there is) and no object
        in it goes on. Else the card's own blocks may be shorter than ours, and end by chance where a person does.

        Raises:
            RefusedError: it may not be read, or not this way.
        """
        content = b""
        while len(content) < MAX_BYTES:
            answer = self._read_block(len(content), short_id)
            content += answer.data
            if answer.status != StatusWord.OK or not answer.data:
                break
            if _is_last(answer) and TlvFault.TRUNCATED not in read_level(content).faults:
                break
        return content

    def _read_block(self, offset: int, short_id: int | None) -> Response:
        command = read_binary(offset, short_id=short_id if offset == 0 else None)
        answer = transmit_all(self._transmit, command)
        if answer.status in (StatusWord.OK, StatusWord.END_OF_FILE_BEFORE_LE):
            return answer
        if offset and answer.status in (StatusWord.OFFSET_OUTSIDE_EF, StatusWord.WRONG_P1_P2):
            return Response(b"", answer.status)  # the file ended with the block before
        raise self._refusal_or_failure(answer.status)

    def _transmit(self, command: bytes) -> tuple[bytes, int]:
        self._left -= 1
        if self._left < 0:
            raise CardError(CardFault.FAILED, "the card keeps the reading going without end")
        return self._send(command)

    def _refusal_or_failure(self, status: int) -> Exception:
        self.is_guarded |= status == StatusWord.SECURITY_STATUS_NOT_SATISFIED
        if status in _REFUSALS:
            return RefusedError(f"{status:04X}")
        if status == StatusWord.NO_PRECISE_DIAGNOSIS:
            return CardConfusedError()
        return CardError(CardFault.FAILED, f"unexpected status word {status:04X}")


def _is_last(block: Response) -> bool:
    return len(block.data) < MAX_RESPONSE and block.is_told
