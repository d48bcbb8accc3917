"""Programs this project did not write read the virtual card, through the real pcscd: what they print is looked at.

pcsc_scan and scriptor (pcsc-tools), opensc-tool (opensc), and cardpeek, whose own script for the French health card
walks the map of the files. Marked ``independent``: scripts/test leaves them out, and says so, where one is missing.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from kiosk.card_reader.connection import SlotState
from kiosk.card_reader.virtual.hand import scenario_at
from kiosk.card_reader.virtual.making import identity_file
from kiosk.card_reader.virtual.people import card_of
from tests.fakes.pcscd import FIRST_SLOT, SECOND_SLOT, PcscDaemon, running_pcscd, why_unavailable
from tests.fakes.vpcd import in_slot

pytestmark = [pytest.mark.pcsc, pytest.mark.independent]
LIMIT_S = 30
FAMILY = card_of("famille")
IDENTITY = identity_file(FAMILY.persons)


@pytest.fixture(scope="module")
def pcscd() -> Iterator[PcscDaemon]:
    if reason := why_unavailable():
        pytest.skip(reason)
    with running_pcscd() as daemon:
        yield daemon


@pytest.fixture(scope="module")
def family(pcscd: PcscDaemon) -> Iterator[None]:
    """The family's card in the first slot."""
    with in_slot(scenario_at("famille"), pcscd.port, FIRST_SLOT):
        yield


def output_of(*command: str, home: Path | None = None) -> str:
    """What the program prints; it must end well and in time."""
    environment = dict(os.environ, LC_ALL="C.UTF-8", **({} if home is None else {"HOME": str(home)}))
    done = subprocess.run(
        command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=LIMIT_S, check=False
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return done.stdout.decode(errors="replace")


def scripted(folder: Path, slot: str, *commands: str) -> list[str]:
    """What scriptor prints as the answers, a line each: data and status word in hexadecimal, and what it means."""
    script = folder / "script"
    script.write_text("".join(f"{command}\n" for command in commands), encoding="ascii")
    printed = output_of("scriptor", "-r", slot, "-p", "T=0", str(script))
    for command in commands:
        printed = re.sub(rf"^{command}$", "", printed, flags=re.MULTILINE)  # it repeats each before it sends it
    return [" ".join(answer.split()) for answer in re.findall(r"^< ([^<>]*)", printed, re.MULTILINE)]


def test_pcsc_scan_lists_both_readers(pcscd: PcscDaemon) -> None:
    assert output_of("pcsc_scan", "-r").split("\n")[:2] == [f"0: {FIRST_SLOT}", f"1: {SECOND_SLOT}"]


def test_pcsc_scan_shows_the_card_and_its_answer_to_reset(pcscd: PcscDaemon, family: None) -> None:
    first, second = output_of("pcsc_scan", "-c").split(f"Reader 1: {SECOND_SLOT}")
    assert "Card inserted" in first
    assert f"ATR: {FAMILY.atr.hex(' ').upper()}" in first
    assert "Card removed" in second


def test_pcsc_scan_calls_a_card_upside_down_unresponsive(pcscd: PcscDaemon) -> None:
    with in_slot(scenario_at("upside-down"), pcscd.port + 1, SECOND_SLOT, SlotState.MUTE):
        assert "Unresponsive card" in output_of("pcsc_scan", "-c").split(SECOND_SLOT)[1]


def test_opensc_shows_the_answer_to_reset(pcscd: PcscDaemon, family: None) -> None:
    assert output_of("opensc-tool", "-r", "0", "-a").strip() == FAMILY.atr.hex(":")


def test_opensc_follows_the_card_to_the_identity(pcscd: PcscDaemon, family: None) -> None:
    # It fetches 61xx and repeats 6Cxx by itself: one answer a command.
    printed = output_of("opensc-tool", "-r", "0", "-s", "00A40000023F00", "-s", "00B0820000", "-s", "00B0830000")
    assert re.findall(r"SW1=0x(\w\w), SW2=0x(\w\w)", printed) == [("90", "00"), ("90", "00"), ("6A", "82")]
    dumped = re.findall(r"^((?:[0-9A-F]{2} ){1,16})", printed.split("00 B0 82")[1].split("Sending")[0], re.MULTILINE)
    assert bytes.fromhex("".join(dumped)).endswith(IDENTITY)


def test_opensc_reads_a_card_that_answers_at_once(pcscd: PcscDaemon) -> None:
    with in_slot(scenario_at("answers-at-once"), pcscd.port + 1, SECOND_SLOT):
        printed = output_of("opensc-tool", "-r", "1", "-s", "00A40000023F00", "-s", "00B0820000")
    assert re.findall(r"SW1=0x(\w\w), SW2=0x(\w\w)", printed) == [("90", "00"), ("62", "82")]


def test_scriptor_sees_every_status_word_and_the_data(pcscd: PcscDaemon, family: None, tmp_path: Path) -> None:
    answers = scripted(tmp_path, FIRST_SLOT, "00A40000023F00", "00B0820000", "00B082007C", "00A4000002FFFF")
    assert [answer[:5] for answer in (answers[0], answers[1], answers[3])] == ["61 12", "6C 7C", "6A 82"]
    assert answers[2].startswith((IDENTITY + b"\x90\x00").hex(" ").upper())
    assert "response still available" in answers[0]
    assert "Wrong length Le: should be 0x7C" in answers[1]


def test_scriptor_gets_the_serial_of_a_cps4_in_its_channel(pcscd: PcscDaemon, tmp_path: Path) -> None:
    with in_slot(scenario_at("cps4"), pcscd.port + 1, SECOND_SLOT):
        answers = scripted(
            tmp_path,
            SECOND_SLOT,
            "00A4080002D003",
            "00700001",
            "01A40400088025000001FF0100",
            "01A4080002D003",
            "01B000000C",
        )
    assert [answer[:2] for answer in answers] == ["6A", "90", "61", "61", "5A"]
    assert answers[-1].startswith("5A 0A 80 25 00 00 01 09 90 00 00 04 90 00")


@pytest.fixture(scope="module")
def cardpeek_home(pcscd: PcscDaemon, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home where cardpeek has unpacked its own scripts, and looks for no others in the network."""
    home = tmp_path_factory.mktemp("cardpeek")
    subprocess.run(
        ["cardpeek", "-c", "-r", f"pcsc://{FIRST_SLOT}", "-e", "os.exit(0)"],
        input=b"1\n1\n",  # make the folder; understood
        env=dict(os.environ, HOME=str(home)),
        capture_output=True,
        timeout=LIMIT_S,
        check=True,
    )
    config = home / ".cardpeek" / "config.lua"
    config.write_text("cardpeek = { ['updates'] = { ['auto_update'] = false } }\ndofile('scripts/lib/apdu.lua')\n")
    return home


def peeked(home: Path, slot: str) -> ET.Element:
    """The card as cardpeek's script for the French health card sees it."""
    scripts, view = home / ".cardpeek" / "scripts", home / "view.xml"
    view.unlink(missing_ok=True)
    lua = f'package.path="{scripts}/?.lua;"..package.path dofile("{scripts}/vitale_2.lua") ui.save_view("{view}")'
    output_of("cardpeek", "-c", "-r", f"pcsc://{slot}", "-e", f"{lua} os.exit(0)", home=home)
    return ET.fromstring(re.sub(r"<\?xml.*?\?>", "", view.read_text(encoding="utf-8")))


def shown(view: ET.Element, label: str) -> list[bytes]:
    """The values under a label, in their order."""
    found = [node for node in view.iter("node") if node.findtext("attr[@name='label']") == label]
    return [bytes.fromhex((node.findtext("attr[@name='val']") or "").removeprefix("8:")) for node in found]


def test_cardpeek_reads_the_family_by_its_map(pcscd: PcscDaemon, family: None, cardpeek_home: Path) -> None:
    view = peeked(cardpeek_home, FIRST_SLOT)
    assert shown(view, "cold ATR") == [FAMILY.atr]
    assert shown(view, "Nom") == [one.family_name.encode("latin-1") for one in FAMILY.persons]
    assert shown(view, "Prénom") == [one.given_name.encode("latin-1") for one in FAMILY.persons]
    assert shown(view, "Date de naissance") == [one.birth_date.encode() for one in FAMILY.persons]
    assert shown(view, "Numéro de sécurité sociale") == [one.number.encode() for one in FAMILY.persons]
    assert shown(view, "Date de début de validité") == [FAMILY.valid_from.encode()]
    assert shown(view, "Application PAN") == [FAMILY.serial]


def test_cardpeek_knows_the_card_by_its_answer_to_reset(pcscd: PcscDaemon, cardpeek_home: Path) -> None:
    with in_slot(scenario_at("couple"), pcscd.port + 1, SECOND_SLOT):
        text = ET.tostring(peeked(cardpeek_home, SECOND_SLOT), encoding="unicode")
    assert "Carte Vitale 2 (French health card)" in text


def test_cardpeek_reads_nineteen_persons_of_an_unusual_making(
    pcscd: PcscDaemon, cardpeek_home: Path, tmp_path: Path
) -> None:
    file = tmp_path / "unusual.yaml"
    file.write_text(
        "title: X\ninvented_persons: 19\nmaking: {lengths: three_bytes, padding: none, knows_short_ids: false}\n"
    )
    with in_slot(scenario_at(str(file)), pcscd.port + 1, SECOND_SLOT):
        view = peeked(cardpeek_home, SECOND_SLOT)
    people = scenario_at(str(file)).card.persons
    assert shown(view, "Nom") == [one.family_name.encode("latin-1") for one in people]
    assert shown(view, "Numéro de sécurité sociale") == [one.number.encode() for one in people]
