"""The tests for a real reader, rehearsed with the virtual one: they run, and tell nothing personal."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.card_reader.virtual.people import card_of
from kiosk.card_reader.virtual.vpcd import VpcdCard
from tests.fakes.pcscd import READER_NAME, running_pcscd, why_unavailable

ROOT = Path(__file__).parents[3]


@pytest.mark.pcsc
def test_a_person_with_a_reader_gets_what_the_page_promises() -> None:
    if reason := why_unavailable():
        pytest.skip(reason)
    family, professional = card_of("famille"), card_of("cps4")
    with running_pcscd() as daemon, VpcdCard(family, port=daemon.port), VpcdCard(professional, port=daemon.port + 1):
        command = [sys.executable, "-m", "pytest", "-q", "tests/hardware", "--reader", READER_NAME]
        told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120).stdout
    assert "6 passed" in told, told
    assert "3 persons, 3 with a number that is right" in told
    assert "serial read" in told
    secrets = [trait for who in family.persons for trait in (who.family_name, who.given_name, who.number)]
    assert [secret for secret in [*secrets, professional.serial.hex(), family.serial.hex()] if secret in told] == []
