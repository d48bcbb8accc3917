from __future__ import annotations

import os
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.printer.device_file import FileSink
from kiosk.printer.errors import DeviceError

DEADLINE_S = 2.0


@pytest.fixture
def terminal() -> Iterator[tuple[int, str]]:
    """The near end and the path of a character device that carries bytes both ways, as /dev/usb/lp0 does."""
    near, far = os.openpty()
    tty.setraw(far)
    yield near, os.ttyname(far)
    os.close(near)
    os.close(far)


def test_a_device_takes_bytes_and_hands_answers_back(terminal: tuple[int, str]) -> None:
    near, path = terminal
    with FileSink(path).open(DEADLINE_S) as link:
        link.write(b"slip", DEADLINE_S)
        os.write(near, b"\x12")

        assert (os.read(near, 10), link.read(DEADLINE_S), link.read(0.01)) == (b"slip", b"\x12", b"")


def test_a_regular_file_is_refused_because_the_code_would_stay_on_the_disk(tmp_path: Path) -> None:
    path = tmp_path / "slip.bin"
    path.touch()

    with pytest.raises(DeviceError, match="neither a device nor a pipe"), FileSink(str(path)).open(DEADLINE_S):
        pass


def test_a_missing_device_is_an_error_and_makes_no_file(tmp_path: Path) -> None:
    path = tmp_path / "lp0"

    with pytest.raises(DeviceError), FileSink(str(path)).open(DEADLINE_S):
        pass

    assert not path.exists()


def test_a_pipe_takes_bytes_and_says_that_it_cannot_answer(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    with FileSink(str(path)).open(DEADLINE_S) as link:
        link.write(b"slip", DEADLINE_S)

        assert (link.readable, link.read(DEADLINE_S), os.read(reader, 10)) == (False, b"", b"slip")
    os.close(reader)


def test_a_pipe_nobody_reads_is_a_device_error(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)

    with pytest.raises(DeviceError), FileSink(str(path)).open(DEADLINE_S):
        pass


def test_a_device_that_takes_nothing_ends_in_the_deadline(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    with FileSink(str(path)).open(DEADLINE_S) as link, pytest.raises(DeviceError, match="in time"):
        link.write(bytes(1_000_000), 0.05)
    os.close(reader)
