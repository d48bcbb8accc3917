"""The chip of the virtual card: command APDU in, response APDU out. Pure but for its own state.

Source: ISO/IEC 7816-4 as a T=0 card plays it (vitale.md §2, §6.3): the answer to a SELECT waits for GET RESPONSE,
a wrong Le is answered 6Cxx with the right one, and no answer has more than 256 bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kiosk.card_reader.apdu import MAX_RESPONSE, Ins, SelectBy, StatusWord
from kiosk.card_reader.tlv import encode

_HEADER = 4
_SHORT_ID = 0x80
_FID_ROOT = bytes.fromhex("3F00")
_TAG_FCI = 0x6F
_TAG_DF_NAME = 0x84
_TAG_FILE_ID = 0x83
_TAG_FILE_SIZE = 0x80


@dataclass(frozen=True, slots=True, repr=False)
class ElementaryFile:
    """A transparent file; ``is_protected`` refuses every read with 6982."""

    fid: bytes
    content: bytes
    short_id: int | None = None
    is_protected: bool = False

    def __repr__(self) -> str:
        return f"ElementaryFile({self.fid.hex()}, {len(self.content)} bytes)"


@dataclass(frozen=True, slots=True)
class Application:
    """A directory with a name, and perhaps a file id."""

    aid: bytes
    fid: bytes | None
    files: tuple[ElementaryFile, ...]


@dataclass(frozen=True, slots=True)
class VirtualLayout:
    """What a chip holds and which ways to it it knows; a card of the field may lack any of them."""

    applications: tuple[Application, ...] = ()
    speaks_iso: bool = True  # a Vitale 1 does not know class 00
    knows_file_ids_of_directories: bool = True  # SELECT 3F00
    knows_short_ids: bool = True  # READ BINARY with the top bit of P1


class _StatusError(Exception):
    """The command ends with this status word."""

    def __init__(self, status: int) -> None:
        super().__init__(f"{status:04X}")
        self.status = status


class CardEngine:
    """One powered chip. ``reset`` is what a reader's warm or cold reset does to it."""

    def __init__(self, layout: VirtualLayout) -> None:
        self._layout = layout
        self._directory: Application | None = None
        self._file: ElementaryFile | None = None
        self._waiting = b""

    def reset(self) -> None:
        """Back to the state after power-up."""
        self._directory = None
        self._file = None
        self._waiting = b""

    def process(self, command: bytes) -> bytes:
        """Answer one command APDU with data and status word; whatever the bytes, never raises."""
        waiting, self._waiting = self._waiting, b""
        try:
            data, status = self._dispatch(command, waiting)
        except _StatusError as refused:
            data, status = b"", refused.status
        return data + status.to_bytes(2, "big")

    def _dispatch(self, command: bytes, waiting: bytes) -> tuple[bytes, int]:
        if len(command) < _HEADER:
            raise _StatusError(StatusWord.WRONG_LENGTH)
        if command[0] != 0x00 or not self._layout.speaks_iso:
            raise _StatusError(StatusWord.CLA_NOT_SUPPORTED)
        _, ins, p1, p2 = command[:_HEADER]
        if ins == Ins.SELECT:
            return self._select(p1, _data_of(command))
        if ins == Ins.READ_BINARY:
            return self._read_binary(p1, p2, _le_of(command))
        if ins == Ins.GET_RESPONSE:
            return self._get_response(waiting, _le_of(command))
        raise _StatusError(StatusWord.INS_NOT_SUPPORTED)

    def _select(self, by: int, name: bytes) -> tuple[bytes, int]:
        if by == SelectBy.EF_UNDER_CURRENT_DF:
            return self._select_file(name)
        if by == SelectBy.PATH_FROM_ROOT:
            self._directory = next((one for one in self._layout.applications if one.fid == _FID_ROOT), None)
            return self._select_file(name)
        directory = next((one for one in self._layout.applications if self._is_meant(one, by, name)), None)
        if directory is None:
            raise _StatusError(StatusWord.FILE_NOT_FOUND)
        self._directory, self._file = directory, None
        return self._keep(encode(_TAG_FCI, encode(_TAG_DF_NAME, directory.aid)))

    def _is_meant(self, directory: Application, by: int, name: bytes) -> bool:
        if by == SelectBy.DF_NAME:
            return directory.aid == name
        return by == SelectBy.FILE_ID and self._layout.knows_file_ids_of_directories and directory.fid == name

    def _select_file(self, fid: bytes) -> tuple[bytes, int]:
        self._file = self._find(lambda file: file.fid == fid)
        size = len(self._file.content).to_bytes(2, "big")
        return self._keep(encode(_TAG_FCI, encode(_TAG_FILE_SIZE, size) + encode(_TAG_FILE_ID, fid)))

    def _find(self, fits: Callable[[ElementaryFile], bool]) -> ElementaryFile:
        files = self._directory.files if self._directory is not None else ()
        for file in files:
            if fits(file):
                return file
        raise _StatusError(StatusWord.FILE_NOT_FOUND)

    def _read_binary(self, p1: int, p2: int, le: int) -> tuple[bytes, int]:
        offset = p1 << 8 | p2
        if p1 & _SHORT_ID:
            if not self._layout.knows_short_ids:
                raise _StatusError(StatusWord.WRONG_P1_P2)
            short_id, offset = p1 & ~_SHORT_ID, p2
            self._file = self._find(lambda file: file.short_id == short_id)
        if self._file is None:
            raise _StatusError(StatusWord.NO_CURRENT_EF)
        if self._file.is_protected:
            raise _StatusError(StatusWord.SECURITY_STATUS_NOT_SATISFIED)
        rest = len(self._file.content) - offset
        if rest <= 0:
            raise _StatusError(StatusWord.OFFSET_OUTSIDE_EF)
        if rest < le:
            raise _StatusError(0x6C00 | rest)
        return self._file.content[offset : offset + le], StatusWord.OK

    def _get_response(self, waiting: bytes, le: int) -> tuple[bytes, int]:
        if not waiting:
            raise _StatusError(StatusWord.CONDITIONS_NOT_SATISFIED)
        if len(waiting) < le:
            self._waiting = waiting
            raise _StatusError(0x6C00 | len(waiting))
        if len(waiting) == le:
            return waiting, StatusWord.OK
        _, status = self._keep(waiting[le:])
        return waiting[:le], status

    def _keep(self, answer: bytes) -> tuple[bytes, int]:
        """Hold an answer back for GET RESPONSE, as T=0 must."""
        self._waiting = answer
        return b"", 0x6100 | min(len(answer), MAX_RESPONSE) % MAX_RESPONSE


def _data_of(command: bytes) -> bytes:
    """The data field of a case 3 or 4 command."""
    size = command[_HEADER] if len(command) > _HEADER else 0
    data = command[_HEADER + 1 : _HEADER + 1 + size]
    if not size or len(data) < size or len(command) > _HEADER + 2 + size:
        raise _StatusError(StatusWord.WRONG_LENGTH)
    return data


def _le_of(command: bytes) -> int:
    """Le of a case 2 command; absent counts as 00, as T=0 sends it."""
    if len(command) > _HEADER + 1:
        raise _StatusError(StatusWord.WRONG_LENGTH)
    return (command[_HEADER] if len(command) > _HEADER else 0) or MAX_RESPONSE
