"""The sheet a technician takes to a new terminal: the registration ticket as QR and as text.

The ticket bears a token that registers one terminal: the files have mode 0600, and the sheet is destroyed after use.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import qrcode
from qrcode.image.pil import PilImage
from qrcode.image.svg import SvgPathImage

from provisioning.errors import TicketError
from provisioning.private_files import Owner, private_folder, write_new
from wire.errors import FormatError
from wire.registration import Ticket

_QUIET_ZONE = 4  # modules, ISO/IEC 18004
_MODULE_PIXELS = 8


@dataclass(frozen=True, slots=True)
class TicketSheet:
    """Where the sheet was written."""

    png: Path
    svg: Path
    text: Path


def read_ticket(text: str) -> Ticket:
    """The ticket that was typed or scanned.

    Raises:
        TicketError: ``ticket``.
    """
    try:
        return Ticket.parse(text)
    except FormatError as error:
        raise TicketError(f"{error}: scan the sheet again, or type it letter by letter", code="ticket") from error


def write_sheet(ticket: Ticket, folder: Path, owner: Owner) -> TicketSheet:
    """Write ticket.png, ticket.svg and ticket.txt; an earlier sheet in that folder is not overwritten."""
    private_folder(folder, owner)
    sheet = TicketSheet(folder / "ticket.png", folder / "ticket.svg", folder / "ticket.txt")
    write_new(sheet.png, _png(ticket), owner)
    write_new(sheet.svg, _svg(ticket), owner)
    write_new(sheet.text, f"{terminal_text(ticket)}\n{ticket.text()}\n".encode(), owner)
    return sheet


def terminal_text(ticket: Ticket) -> str:
    """The QR in half-block characters, for a screen without pictures."""
    out = io.StringIO()
    _code(ticket).print_ascii(out=out, invert=True)
    return out.getvalue()


def _code(ticket: Ticket) -> qrcode.QRCode[PilImage]:
    code = qrcode.QRCode(border=_QUIET_ZONE, box_size=_MODULE_PIXELS, image_factory=PilImage)
    code.add_data(ticket.text())
    code.make(fit=True)
    return code


def _png(ticket: Ticket) -> bytes:
    out = io.BytesIO()
    _code(ticket).make_image().save(out, "PNG")
    return out.getvalue()


def _svg(ticket: Ticket) -> bytes:
    out = io.BytesIO()
    _code(ticket).make_image(image_factory=SvgPathImage).save(out)
    return out.getvalue()
