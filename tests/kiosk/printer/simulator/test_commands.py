from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.printer.simulator.commands import Command, Tokenizer

JOBS = sorted((Path(__file__).parents[3] / "vectors" / "slips" / "tm-t20iii").glob("*.hex"))


def _names(data: bytes) -> list[str]:
    return [command.name for command in Tokenizer().feed(data)]


def test_text_and_commands_are_told_apart() -> None:
    assert list(Tokenizer().feed(b"\x1bE\x01a\xe9\n")) == [
        Command("ESC E", b"\x01", b"\x1bE\x01"),
        Command("text", b"a\xe9", b"a\xe9"),
        Command("LF", b"", b"\n"),
    ]


@pytest.mark.parametrize("path", JOBS, ids=lambda path: path.stem)
def test_a_job_that_comes_byte_by_byte_gives_the_same_commands(path: Path) -> None:
    job = bytes.fromhex(path.read_text())
    tokenizer = Tokenizer()

    one_by_one = [command for byte in job for command in tokenizer.feed(bytes([byte]))]

    def merged(commands: list[Command]) -> bytes:
        return b"".join(command.raw for command in commands)

    assert merged(one_by_one) == merged(list(Tokenizer().feed(job))) == job
    assert [c for c in one_by_one if c.name != "text"] == [c for c in Tokenizer().feed(job) if c.name != "text"]


def test_the_data_of_a_qr_code_is_not_read_as_commands() -> None:
    data = b"\x1bE\n"

    assert _names(b"\x1d(k" + bytes([len(data), 0]) + data) == ["GS ( k"]


def test_a_command_outside_the_subset_is_kept_as_unknown() -> None:
    assert _names(b"\x1bp\n") == ["unknown", "LF"]


def test_an_unfinished_command_waits_for_its_rest() -> None:
    tokenizer = Tokenizer()

    assert list(tokenizer.feed(b"\x1d(")) == []
    assert [c.name for c in tokenizer.feed(b"k\x03\x001A2")] == ["GS ( k"]


def test_a_reset_forgets_an_unfinished_command() -> None:
    tokenizer = Tokenizer()
    list(tokenizer.feed(b"\x1d"))
    tokenizer.reset()

    assert [c.name for c in tokenizer.feed(b"abc")] == ["text"]


def test_a_command_does_not_show_its_data() -> None:
    assert repr(Command("text", b"K7QD", b"K7QD")) == "Command(text)"


@pytest.mark.parametrize(
    "raw", [b"\x10\x04\x01", b"\x10\x05\x02", b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"], ids=["EOT", "ENQ", "DC4"]
)
def test_a_real_time_command_is_heard_at_once_even_inside_another(raw: bytes) -> None:
    tokenizer = Tokenizer()
    heard = list(tokenizer.feed(b"\x1d(k\x14\x001P0" + raw))

    assert [command.raw for command in heard] == [raw]


def test_what_it_stood_in_goes_on_with_it_as_data() -> None:
    """As the makers warn: a picture must not contain one."""
    (heard, symbol) = Tokenizer().feed(b"\x1d(k\x06\x001P0\x10\x04\x01")

    assert (heard.name, symbol.name, symbol.data[-3:]) == ("DLE EOT", "GS ( k", b"\x10\x04\x01")


def test_a_data_link_escape_that_begins_nothing_is_data() -> None:
    tokenizer = Tokenizer()
    commands = [*tokenizer.feed(b"\x1bt\x10"), *tokenizer.feed(b"A\n")]

    assert [command.name for command in commands] == ["ESC t", "text", "LF"]


def test_a_real_time_command_may_come_byte_by_byte() -> None:
    tokenizer = Tokenizer()
    heard = [command.name for byte in b"A\x10\x04\x01B" for command in tokenizer.feed(bytes([byte]))]

    assert heard == ["text", "DLE EOT", "text"]
