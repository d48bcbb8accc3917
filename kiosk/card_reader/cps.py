"""The serial number of a professional's card (CPS), read without its PIN.

Source: vitale.md §7 (EF.SN.ICC at 3F00/D003: ``5A 0A``, the issuer ``80 25 00 00 01``, five bytes of serial in BCD;
CPS4: in logical channel 1, after SELECT of ChipDoc; CPS2ter: class A0, file by file, 9Fxx where data wait), §1 (ATRs).
Whether a CPS2ter has this file is not published: it is asked, and without it there is no serial. Steps:

1. A CPS4, told by its ATR: channel 1 is opened, ChipDoc selected, and the channel closed again at the end.
2. Any card: the file by its path from the root, or from the root by file id, in the basic channel.
3. Where class 00 gave nothing: root and file by file id in class A0.
4. What the file holds must be of this form and of this issuer, else the serial counts as unknown.

Not checked: that the card is genuine, or whose it is: presence and serial are evidence beside the PIN, not instead of
it. The card's own PIN is never asked for: three wrong ones lock it.
"""

from __future__ import annotations

import re

from kiosk.card_reader.apdu import (
    Command,
    Ins,
    SelectBy,
    StatusWord,
    is_success,
    read_binary,
    select,
    transmit_all,
)
from kiosk.card_reader.connection import CardConnection

FID_ROOT = bytes.fromhex("3F00")
FID_SERIAL = bytes.fromhex("D003")
AID_CHIPDOC = bytes.fromhex("8025000001FF0100")
ISSUER = bytes.fromhex("8025000001")
_PREFIX = bytes.fromhex("5A0A") + ISSUER
_SERIAL_BYTES = 5
_LENGTH = len(_PREFIX) + _SERIAL_BYTES
_CPS4 = re.compile(rb"\x3B(?:\x9B\x18\x80\x01|\xDC\x18\xFF)")
_BASIC, _CHANNEL = 0x00, 0x01  # class bytes; the second is also the channel's number
_CLA_GSM = 0xA0  # of cards older than ISO 7816-4, which speak as SIM cards do
_SW1_DATA_WAITS = 0x9F  # what such a card says for 61
_OPEN, _CLOSE = 0x00, 0x80

_ROOT = select(SelectBy.FILE_ID, FID_ROOT)
_BY_PATH = (select(SelectBy.PATH_FROM_ROOT, FID_SERIAL),)
_FROM_ROOT = (_ROOT, select(SelectBy.EF_UNDER_CURRENT_DF, FID_SERIAL))
_BY_FILE_ID = (_ROOT, select(SelectBy.FILE_ID, FID_SERIAL))
_WAYS = ((_BASIC, _BY_PATH), (_BASIC, _FROM_ROOT), (_CLA_GSM, _BY_FILE_ID))


def read_serial(connection: CardConnection, atr: bytes) -> str | None:
    """The ten digits of the serial, None where this card does not give them.

    Raises:
        CardError: whatever the connection raises: pulled, or held by another program.
    """
    serial = _serial_in_channel(connection) if _CPS4.match(atr) else None
    if serial is not None:
        return serial
    for cla, selects in _WAYS:
        if (serial := _serial_by(connection, cla, selects)) is not None:
            return serial
    return None


def serial_of(content: bytes) -> str | None:
    """What EF.SN.ICC says; None when it is of another form or another issuer."""
    serial = content[len(_PREFIX) : _LENGTH].hex()
    if not content.startswith(_PREFIX) or len(content) < _LENGTH or not serial.isdigit():
        return None
    return serial


def _serial_in_channel(connection: CardConnection) -> str | None:
    """In logical channel 1, so that who uses the card beside us keeps the application selected in the basic one."""
    opened = transmit_all(connection.transmit, Command(Ins.MANAGE_CHANNEL, _OPEN, _CHANNEL))
    if not is_success(opened.status):
        return None
    chipdoc = select(SelectBy.DF_NAME, AID_CHIPDOC)
    serial = None
    if _takes(connection, _CHANNEL, chipdoc):
        serial = _serial_by(connection, _CHANNEL, _BY_PATH) or _serial_by(connection, _CHANNEL, _FROM_ROOT)
    _takes(connection, _BASIC, Command(Ins.MANAGE_CHANNEL, _CLOSE, _CHANNEL))
    return serial


def _serial_by(connection: CardConnection, cla: int, selects: tuple[Command, ...]) -> str | None:
    if not all(_takes(connection, cla, command) for command in selects):
        return None
    answer = transmit_all(connection.transmit, read_binary(0, le=_LENGTH)._replace(cla=cla))
    return serial_of(answer.data) if answer.status == StatusWord.OK else None


def _takes(connection: CardConnection, cla: int, command: Command) -> bool:
    """Whether the card does it; what it would tell of the file is left where it is."""
    _, status = connection.transmit(command._replace(cla=cla).encode())
    return is_success(status) or (cla == _CLA_GSM and status >> 8 == _SW1_DATA_WAITS)
