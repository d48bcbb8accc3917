"""The serial number of a professional's card (CPS), read without its PIN.

Source: vitale.md §7 (EF.SN.ICC at 3F00/D003: ``5A 0A``, the issuer ``80 25 00 00 01``, five bytes of serial in BCD;
CPS4: in logical channel 1, after SELECT of ChipDoc), §1 (ATRs). Steps:

1. CPS4, told by its ATR: channel 1 is opened and ChipDoc selected; any other card is talked to in channel 0;
2. the file is selected by its path from the root, or, where that is refused, from the root by file id;
3. what it holds must be of this form and of this issuer, else the serial counts as unknown.

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
_CHANNEL = 1


def read_serial(connection: CardConnection, atr: bytes) -> str | None:
    """The ten digits of the serial, None where this card does not give them.

    Raises:
        CardError: whatever the connection raises: pulled, or held by another program.
    """
    channel = _CHANNEL if _CPS4.match(atr) else 0
    if channel and not _open_chipdoc(connection):
        return None
    if not _select_serial(connection, channel):
        return None
    answer = transmit_all(connection.transmit, read_binary(0, le=_LENGTH)._replace(cla=channel))
    return serial_of(answer.data) if answer.status == StatusWord.OK else None


def serial_of(content: bytes) -> str | None:
    """What EF.SN.ICC says; None when it is of another form or another issuer."""
    serial = content[len(_PREFIX) : _LENGTH].hex()
    if not content.startswith(_PREFIX) or len(content) < _LENGTH or not serial.isdigit():
        return None
    return serial


def _open_chipdoc(connection: CardConnection) -> bool:
    opened = transmit_all(connection.transmit, Command(Ins.MANAGE_CHANNEL, 0x00, _CHANNEL))
    return is_success(opened.status) and _takes(connection, select(SelectBy.DF_NAME, AID_CHIPDOC), _CHANNEL)


def _select_serial(connection: CardConnection, channel: int) -> bool:
    if _takes(connection, select(SelectBy.PATH_FROM_ROOT, FID_SERIAL), channel):
        return True
    root = select(SelectBy.FILE_ID, FID_ROOT)
    return _takes(connection, root, channel) and _takes(
        connection, select(SelectBy.EF_UNDER_CURRENT_DF, FID_SERIAL), channel
    )


def _takes(connection: CardConnection, command: Command, channel: int) -> bool:
    """Whether the card does it; what it would tell of the file is left where it is."""
    _, status = connection.transmit(command._replace(cla=channel).encode())
    return is_success(status)
