from __future__ import annotations

from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from provisioning.errors import KeyFileError, TicketError
from provisioning.private_files import Owner
from provisioning.ticket_sheet import read_ticket, terminal_text, write_sheet
from wire.registration import Ticket

TICKET = Ticket("https://central.example", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", bytes(range(32)))


def test_the_picture_reads_back_as_the_ticket_by_an_independent_decoder(tmp_path: Path, owner: Owner) -> None:
    sheet = write_sheet(TICKET, tmp_path / "sheet", owner)
    with Image.open(sheet.png) as picture:
        [code] = zxingcpp.read_barcodes(picture.convert("L"))
    assert read_ticket(code.text) == TICKET


def test_the_text_reads_back_as_the_ticket(tmp_path: Path, owner: Owner) -> None:
    sheet = write_sheet(TICKET, tmp_path / "sheet", owner)
    assert read_ticket(sheet.text.read_text().splitlines()[-1]) == TICKET


def test_the_vector_picture_is_one_closed_drawing(tmp_path: Path, owner: Owner) -> None:
    sheet = write_sheet(TICKET, tmp_path / "sheet", owner)
    text = sheet.svg.read_text()
    assert (text.count("<path"), text.rstrip().endswith("</svg>")) == (1, True)


def test_a_sheet_is_closed_to_others_for_it_bears_the_token(tmp_path: Path, owner: Owner) -> None:
    write_sheet(TICKET, tmp_path / "sheet", owner)
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "sheet").iterdir()} == {0o600}


def test_an_earlier_sheet_is_not_overwritten(tmp_path: Path, owner: Owner) -> None:
    write_sheet(TICKET, tmp_path / "sheet", owner)
    with pytest.raises(KeyFileError) as refusal:
        write_sheet(TICKET, tmp_path / "sheet", owner)
    assert refusal.value.code == "exists"


def test_the_screen_form_is_a_square_of_half_blocks() -> None:
    lines = terminal_text(TICKET).splitlines()
    assert len({len(line) for line in lines}) == 1
    assert abs(len(lines) * 2 - len(lines[0])) <= 1


@pytest.mark.parametrize(
    "text",
    ["", "DMP1", "DMP2 https://central.example A B", TICKET.text()[:-1], TICKET.text() + "A", TICKET.text()[:-1] + "1"],
)
def test_a_mistyped_ticket_is_told_to_be_scanned_again(text: str) -> None:
    with pytest.raises(TicketError, match="scan the sheet again") as refusal:
        read_ticket(text)
    assert refusal.value.code == "ticket"


def test_a_refused_ticket_is_not_repeated_in_the_sentence() -> None:
    with pytest.raises(TicketError) as refusal:
        read_ticket(TICKET.text() + "A")
    assert TICKET.token not in str(refusal.value)
