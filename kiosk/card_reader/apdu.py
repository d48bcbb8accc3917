"""Commands and status words of ISO/IEC 7816-4, and the loop that T=0 asks of the terminal. Pure.

Source: ISO/IEC 7816-4 §5 (commands), 7816-3 §12 (T=0: 61xx and 6Cxx), vitale.md §2.5.
Commands and responses are named tuples and not dataclasses: a reading makes some ten, while the card waits.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import NamedTuple

from kiosk.enrolment.errors import CardError, CardFault

Transmit = Callable[[bytes], tuple[bytes, int]]

MAX_RESPONSE = 256  # bytes of data in one short APDU
MAX_TOTAL = 8 * 1024  # bytes gathered by GET RESPONSE for one command; no file of the card is that large
MAX_ROUNDS = 40  # exchanges for one command: 8 KiB in full blocks, and some

_CLA_ISO = 0x00
_SW1_MORE_DATA = 0x61
_SW1_WRONG_LE = 0x6C


@enum.unique
class Ins(enum.IntEnum):
    """Instruction bytes of ISO/IEC 7816-4 that a reading terminal needs."""

    MANAGE_CHANNEL = 0x70
    SELECT = 0xA4
    READ_BINARY = 0xB0
    GET_RESPONSE = 0xC0


@enum.unique
class SelectBy(enum.IntEnum):
    """P1 of SELECT."""

    FILE_ID = 0x00
    EF_UNDER_CURRENT_DF = 0x02
    DF_NAME = 0x04
    PATH_FROM_ROOT = 0x08


@enum.unique
class StatusWord(enum.IntEnum):
    """SW1-SW2 with the names of ISO/IEC 7816-4 §5.6."""

    OK = 0x9000
    END_OF_FILE_BEFORE_LE = 0x6282
    WRONG_LENGTH = 0x6700
    COMMAND_INCOMPATIBLE_WITH_FILE = 0x6981
    SECURITY_STATUS_NOT_SATISFIED = 0x6982
    CONDITIONS_NOT_SATISFIED = 0x6985
    NO_CURRENT_EF = 0x6986
    WRONG_DATA = 0x6A80
    FUNCTION_NOT_SUPPORTED = 0x6A81
    FILE_NOT_FOUND = 0x6A82
    WRONG_P1_P2 = 0x6A86
    REFERENCE_NOT_FOUND = 0x6A88
    OFFSET_OUTSIDE_EF = 0x6B00
    INS_NOT_SUPPORTED = 0x6D00
    CLA_NOT_SUPPORTED = 0x6E00
    NO_PRECISE_DIAGNOSIS = 0x6F00


class Command(NamedTuple):
    """A short command APDU. ``le`` None: no answer expected; 256 (written 00): as much as there is."""

    ins: int
    p1: int
    p2: int
    data: bytes = b""
    le: int | None = None
    cla: int = _CLA_ISO

    def encode(self) -> bytes:
        """Header, Lc and data, Le."""
        apdu = bytes((self.cla, self.ins, self.p1, self.p2))
        if self.data:
            apdu += bytes((len(self.data),)) + self.data
        if self.le is not None:
            apdu += bytes((self.le % MAX_RESPONSE,))
        return apdu


class Response(NamedTuple):
    """What a command gave in the end; ``repr`` keeps the data to itself.

    ``is_told``: the card itself said, by 6Cxx, how much there was.
    """

    data: bytes
    status: int
    is_told: bool = False

    def __repr__(self) -> str:
        return f"Response({len(self.data)} bytes, {self.status:04X})"


def select(by: SelectBy, name: bytes) -> Command:
    """SELECT the first or only occurrence; the file control information is left where it is."""
    return Command(Ins.SELECT, by, 0x00, name)


def read_binary(offset: int, *, short_id: int | None = None, le: int = MAX_RESPONSE) -> Command:
    """READ BINARY of the current EF from ``offset`` (0 to 32,767), or of an EF by short id (offset 0 to 255)."""
    if short_id is not None:
        return Command(Ins.READ_BINARY, 0x80 | short_id, offset, le=le)
    return Command(Ins.READ_BINARY, offset >> 8 & 0x7F, offset & 0xFF, le=le)


def transmit_all(transmit: Transmit, command: Command) -> Response:
    """Send a command and follow 61xx (GET RESPONSE) and 6Cxx (same command, right Le) to the end.

    Neither pcsc-lite nor pyscard does this (vitale.md §6.3).

    Raises:
        CardError: FAILED when the card never comes to an end; and whatever ``transmit`` raises.
    """
    gathered, is_told = b"", False
    for _ in range(MAX_ROUNDS):
        data, status = transmit(command.encode())
        sw1, sw2 = status >> 8, status & 0xFF
        if sw1 == _SW1_WRONG_LE:
            command, is_told = command._replace(le=sw2 or MAX_RESPONSE), True
            continue
        gathered += data
        if len(gathered) > MAX_TOTAL:
            break
        if sw1 != _SW1_MORE_DATA:
            return Response(gathered, status, is_told)
        command = Command(Ins.GET_RESPONSE, 0x00, 0x00, le=sw2 or MAX_RESPONSE, cla=command.cla)
    raise CardError(CardFault.FAILED, "the card answers 61xx or 6Cxx without end")


def is_success(status: int) -> bool:
    """9000, or 61xx: done, with an answer that may be fetched."""
    return status == StatusWord.OK or status >> 8 == _SW1_MORE_DATA
