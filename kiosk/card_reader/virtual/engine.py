"""The chip of the virtual card: command APDU in, response APDU out. Pure but for its own state.

Source: ISO/IEC 7816-4 as a T=0 card plays it (vitale.md §2, §6.3): the answer to a SELECT waits for GET RESPONSE,
a wrong Le is answered 6Cxx with the right one, and no answer has more than 256 bytes. Where cards of the field do
otherwise, ``VirtualLayout`` says so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kiosk.card_reader.apdu import MAX_RESPONSE, Ins, SelectBy, StatusWord
from kiosk.card_reader.tlv import encode
from kiosk.card_reader.virtual.layout import Application, ElementaryFile, PastEnd, SelectAnswer, VirtualLayout

__all__ = ["Application", "CardEngine", "ElementaryFile", "PastEnd", "SelectAnswer", "VirtualLayout"]

_HEADER = 4
_SHORT_ID = 0x80
_CLOSE_CHANNEL = 0x80
_CLASSES_OF_CHANNELS = 0x03  # the two low bits of an ISO class byte
_CHANNEL_NOT_SUPPORTED = 0x6881
_FID_ROOT = bytes.fromhex("3F00")
_TAG_FCI = 0x6F
_TAG_DF_NAME = 0x84
_TAG_FILE_ID = 0x83
_TAG_FILE_SIZE = 0x80


class _StatusError(Exception):
    """The command ends with this status word."""

    def __init__(self, status: int) -> None:
        super().__init__(f"{status:04X}")
        self.status = status


@dataclass(slots=True)
class _Channel:
    """What is selected in one logical channel."""

    directory: Application | None = None
    file: ElementaryFile | None = None


class CardEngine:
    """One powered chip. ``reset`` is what a reader's warm or cold reset does to it."""

    def __init__(self, layout: VirtualLayout) -> None:
        self._layout = layout
        self.reset()

    def reset(self) -> None:
        """Back to the state after power-up: only the basic channel, nothing selected, nothing to fetch."""
        self._channels = {0: _Channel()}
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
        channel = self._channel_of(command[0])
        _, ins, p1, p2 = command[:_HEADER]
        if ins == Ins.SELECT:
            return self._select(channel, p1, _data_of(command))
        if ins == Ins.READ_BINARY:
            return self._read_binary(channel, p1, p2, _le_of(command))
        if ins == Ins.GET_RESPONSE:
            return self._get_response(waiting, _le_of(command))
        if ins == Ins.MANAGE_CHANNEL and self._layout.channels:
            return self._manage_channel(p1, p2)
        raise _StatusError(StatusWord.INS_NOT_SUPPORTED)

    def _channel_of(self, cla: int) -> _Channel:
        if not self._layout.speaks_iso or cla > (_CLASSES_OF_CHANNELS if self._layout.channels else 0):
            raise _StatusError(StatusWord.CLA_NOT_SUPPORTED)
        if cla not in self._channels:
            raise _StatusError(_CHANNEL_NOT_SUPPORTED)
        return self._channels[cla]

    def _manage_channel(self, p1: int, number: int) -> tuple[bytes, int]:
        """Open the channel of that number, or with 0 the next free one, whose number is the answer; or close it."""
        if p1 == _CLOSE_CHANNEL and number in self._channels and number:
            del self._channels[number]
            return b"", StatusWord.OK
        free = [one for one in range(1, self._layout.channels + 1) if one not in self._channels]
        if p1 != 0 or not free or (number and number not in free):
            raise _StatusError(_CHANNEL_NOT_SUPPORTED)
        self._channels[number or free[0]] = _Channel()
        return (b"", StatusWord.OK) if number else (bytes((free[0],)), StatusWord.OK)

    def _select(self, channel: _Channel, by: int, name: bytes) -> tuple[bytes, int]:
        if by == SelectBy.EF_UNDER_CURRENT_DF:
            return self._select_file(channel, name)
        if by == SelectBy.PATH_FROM_ROOT:
            channel.directory = self._root_seen_from(channel.directory)
            return self._select_file(channel, name)
        directory = next((one for one in self._layout.applications if self._is_meant(one, by, name)), None)
        if directory is None:
            raise _StatusError(StatusWord.FILE_NOT_FOUND)
        channel.directory, channel.file = directory, None
        return self._hand_over(encode(_TAG_FCI, encode(_TAG_DF_NAME, directory.aid)))

    def _root_seen_from(self, directory: Application | None) -> Application | None:
        """The root: that of an application that has its own, else the chip's."""
        if directory is not None and directory.fid == _FID_ROOT:
            return directory
        roots = [one for one in self._layout.applications if one.fid == _FID_ROOT and not one.by_name_only]
        return roots[0] if roots else None

    def _is_meant(self, directory: Application, by: int, name: bytes) -> bool:
        if by == SelectBy.DF_NAME:
            return directory.aid == name
        if directory.by_name_only or not self._layout.knows_file_ids_of_directories:
            return False
        return by == SelectBy.FILE_ID and directory.fid == name

    def _select_file(self, channel: _Channel, fid: bytes) -> tuple[bytes, int]:
        file = channel.file = _find(channel, lambda file: file.fid == fid)
        claimed = len(file.content) if file.declared_size is None else file.declared_size
        size = encode(_TAG_FILE_SIZE, claimed.to_bytes(2, "big"))
        return self._hand_over(encode(_TAG_FCI, size + encode(_TAG_FILE_ID, fid)))

    def _read_binary(self, channel: _Channel, p1: int, p2: int, le: int) -> tuple[bytes, int]:
        offset = p1 << 8 | p2
        if p1 & _SHORT_ID:
            if not self._layout.knows_short_ids:
                raise _StatusError(StatusWord.WRONG_P1_P2)
            short_id, offset = p1 & ~_SHORT_ID, p2
            channel.file = _find(channel, lambda file: file.short_id == short_id)
        if channel.file is None:
            raise _StatusError(StatusWord.NO_CURRENT_EF)
        if channel.file.is_protected:
            raise _StatusError(StatusWord.SECURITY_STATUS_NOT_SATISFIED)
        return self._read_from(channel.file.content, offset, le)

    def _read_from(self, content: bytes, offset: int, le: int) -> tuple[bytes, int]:
        past_end, rest = self._layout.past_end, len(content) - offset
        if rest < 0 or (rest == 0 and (offset or past_end is PastEnd.WRONG_LE)):
            raise _StatusError(StatusWord.OFFSET_OUTSIDE_EF)
        if rest < le and past_end is PastEnd.WRONG_LE:
            raise _StatusError(0x6C00 | rest)
        is_warned = rest < le and past_end is PastEnd.WARNING
        status = StatusWord.END_OF_FILE_BEFORE_LE if is_warned else StatusWord.OK
        return content[offset : offset + le], status

    def _get_response(self, waiting: bytes, le: int) -> tuple[bytes, int]:
        if not waiting:
            raise _StatusError(StatusWord.CONDITIONS_NOT_SATISFIED)
        if len(waiting) < le:
            self._waiting = waiting
            raise _StatusError(0x6C00 | len(waiting))
        if len(waiting) == le:
            return waiting, StatusWord.OK
        self._waiting = waiting[le:]
        return waiting[:le], _more(self._waiting)

    def _hand_over(self, information: bytes) -> tuple[bytes, int]:
        """File control information, in the way of this chip."""
        if self._layout.select_answer is SelectAnswer.DIRECT:
            return information, StatusWord.OK
        if self._layout.select_answer is SelectAnswer.NONE:
            return b"", StatusWord.OK
        self._waiting = information
        return b"", _more(information)


def _find(channel: _Channel, fits: Callable[[ElementaryFile], bool]) -> ElementaryFile:
    files = channel.directory.files if channel.directory is not None else ()
    for file in files:
        if fits(file):
            return file
    raise _StatusError(StatusWord.FILE_NOT_FOUND)


def _more(waiting: bytes) -> int:
    """61xx: so much waits for GET RESPONSE, 00 for 256 and more."""
    return 0x6100 | min(len(waiting), MAX_RESPONSE) % MAX_RESPONSE


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
