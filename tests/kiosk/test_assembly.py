"""The composition root: real parts joined, simulated ones only where asked, everything let go at the end."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from kiosk.assembly import build
from kiosk.enrolment.errors import StoreError
from kiosk.home import open_home
from kiosk.settings import KioskSettings, VoiceMode
from kiosk.sync.errors import KeyFileError, LinkError
from tests.fakes.programme import Programme
from wire.homes import CENTRAL_URL, DEVICE_KEY, TERMINAL_NAME, TERMINAL_STORE


@pytest.fixture
def settings(tmp_path: Path) -> KioskSettings:
    return KioskSettings(home=Programme().furnish(tmp_path / "home"), simulate=True, start_spread_s=0.0)


def test_a_simulated_terminal_starts_shows_its_first_screen_and_leaves_no_thread(settings: KioskSettings) -> None:
    before = set(threading.enumerate())
    terminal = build(settings)
    terminal.start()
    assert terminal.app.test_client().get("/").status_code == 200
    terminal.stop()
    terminal.stop()
    assert set(threading.enumerate()) <= before


@pytest.mark.pcsc
def test_without_simulation_there_is_no_demonstration(settings: KioskSettings, tmp_path: Path) -> None:
    real = KioskSettings(home=settings.home, printer=f"file:{tmp_path}/printer", reader="no such reader")
    terminal = build(real)
    try:
        assert terminal.app.test_client().get("/demo").status_code == 404
    finally:
        terminal.stop()


def test_a_simulated_terminal_imports_neither_pyscard_nor_central(settings: KioskSettings) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from kiosk.assembly import build; from kiosk.settings import KioskSettings\n"
        "build(KioskSettings(home=Path(sys.argv[1]), simulate=True)).stop()\n"
        "print([name for name in ('smartcard', 'central', 'sqlalchemy') if name in sys.modules])"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code, str(settings.home)], capture_output=True, text=True, check=True, timeout=60
    )
    assert ended.stdout.strip() == "[]"


@pytest.mark.parametrize("name", [DEVICE_KEY, TERMINAL_NAME, CENTRAL_URL])
def test_a_home_that_lacks_a_file_is_not_registered(name: str, settings: KioskSettings) -> None:
    (settings.home / name).unlink()
    with pytest.raises(KeyFileError, match="register"):
        open_home(settings)


def test_central_over_plain_http_elsewhere_is_refused(settings: KioskSettings) -> None:
    (settings.home / CENTRAL_URL).write_text("http://central.example")
    with pytest.raises(LinkError):
        open_home(settings)


def test_a_damaged_database_stops_the_start_and_says_so(settings: KioskSettings) -> None:
    (settings.home / TERMINAL_STORE).write_bytes(b"\xff" * 8192)
    with pytest.raises(StoreError):
        open_home(settings)


@pytest.mark.voice
def test_a_terminal_with_a_headset_speaks_its_screen(settings: KioskSettings) -> None:
    terminal = build(dataclasses.replace(settings, voice=VoiceMode.HEADSET))
    try:
        terminal.session.choose_comfort("voice", "on")
        revision = terminal.session.screen().revision
        answer = terminal.app.test_client().get(f"/voix?revision={revision}")
        assert (answer.status_code, answer.data[:4]) == (200, b"RIFF")
    finally:
        terminal.stop()


def test_a_terminal_without_a_headset_has_no_voice(settings: KioskSettings) -> None:
    terminal = build(settings)
    try:
        assert not terminal.session.voice_offered
    finally:
        terminal.stop()
