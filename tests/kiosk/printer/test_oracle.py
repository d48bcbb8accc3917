"""Our bytes judged by a printer that others wrote: emupos, a simulated Epson TM-T20III on TCP (scripts/oracle)."""

from __future__ import annotations

import http.client
import io
import os
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest
import zxingcpp
from PIL import Image

from kiosk.enrolment.ports import PrinterState, PrintOutcome, PrintResult
from kiosk.enrolment.slip import Slip
from kiosk.printer.device import NetworkSink
from kiosk.printer.profile import TM_T20, Confirmation, Discard
from kiosk.printer.simulator.server import SimulatedPrinter
from kiosk.printer.thermal import ThermalPrinter
from tests.waiting import wait_until

ROOT = Path(__file__).parents[3]
EMUPOS = ROOT / ".oracle" / "bin" / "emupos"
SLIPS = ROOT / "tests" / "vectors" / "slips"
START_S = 20.0
KNOWN_TO_IT = msgspec.structs.replace(TM_T20, confirmation=Confirmation.IN_ORDER, discard=Discard.IN_ORDER)
"""Emupos' TM-T20III answers GS r and DLE EOT; GS ( H and DLE DC4 8 it does not know."""
FRENCH = ["àâäæçéèêëîïôœöùûüÿ", "ÀÂÄÆÇÉÈÊËÎÏÔŒÖÙÛÜŸ", "«", "»", "12 €", "’", "–", "…"]  # noqa: RUF001 - these very signs

pytestmark = [
    pytest.mark.oracle,
    pytest.mark.skipif(not EMUPOS.exists(), reason="oracle not installed: run scripts/oracle"),
]


@dataclass(frozen=True)
class Oracle:
    """A running emupos; its control API is HTTP on loopback."""

    printer_port: int
    api_port: int
    log: Path

    def ask(self, method: str, path: str) -> bytes:
        connection = http.client.HTTPConnection("127.0.0.1", self.api_port, timeout=5)
        try:
            connection.request(method, f"/api/v1/devices/front{path}")
            response = connection.getresponse()
            body = response.read()
        finally:
            connection.close()
        assert response.status < 300, body
        return body

    def thermal(self, deadline_s: float = 20.0) -> ThermalPrinter:
        return ThermalPrinter(NetworkSink("127.0.0.1", self.printer_port), KNOWN_TO_IT, deadline_s=deadline_s)

    def text(self) -> str:
        return self.ask("GET", "/receipts/latest/text").decode()

    def image(self) -> Image.Image:
        return Image.open(io.BytesIO(self.ask("GET", "/receipts/latest/image")))


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


@pytest.fixture(scope="module")
def oracle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Oracle]:
    folder = tmp_path_factory.mktemp("emupos")
    printer_port, api_port = _free_port(), _free_port()
    (folder / "emupos.yaml").write_text(
        f"schema: 1\napi: {{ host: 127.0.0.1, port: {api_port} }}\ndevices:\n"
        "  - id: front\n    type: printer\n    profile: epson-tm-t20iii\n"
        f"    connections:\n      - tcp: {{ port: {printer_port} }}\n"
    )
    log = folder / "log"
    unbuffered = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with (
        log.open("wb") as out,
        subprocess.Popen([EMUPOS, "run"], cwd=folder, stdout=out, stderr=out, env=unbuffered) as process,
    ):
        try:
            until = time.monotonic() + START_S
            while not (_answers(printer_port) and _answers(api_port)):
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < until, log.read_text()
                threading.Event().wait(0.05)
            yield Oracle(printer_port, api_port, log)
        finally:
            process.terminate()


@pytest.fixture
def fault(request: pytest.FixtureRequest, oracle: Oracle) -> Iterator[str]:
    oracle.ask("PUT", f"/faults/{request.param}")
    yield request.param
    oracle.ask("DELETE", f"/faults/{request.param}")


def _slip(name: str) -> Slip:
    return msgspec.json.decode((SLIPS / f"{name}.json").read_bytes(), type=Slip)


def _words(text: str) -> list[str]:
    """What a person reads, whatever the spaces; without the stand-ins for pictures."""
    kept = [row for row in text.replace("\u00a0", " ").splitlines() if not row.strip().startswith("[")]
    return " ".join(kept).split()


@pytest.mark.parametrize("name", ["acknowledgement", "activation", "characters"])
def test_the_oracle_says_the_slip_is_printed(oracle: Oracle, name: str) -> None:
    printed = PrintOutcome(PrintResult.PRINTED, PrinterState.READY)
    # It may take longer than our half a second to answer on a crowded machine: then the outcome is unknown, rightly.
    assert wait_until(lambda: oracle.thermal().print(_slip(name)) == printed, timeout_s=60.0)


@pytest.mark.parametrize("letters", FRENCH)
def test_the_oracle_reads_every_french_letter_and_sign(oracle: Oracle, letters: str) -> None:
    oracle.thermal().print(_slip("characters"))

    assert letters in oracle.text()


@pytest.mark.parametrize("name", ["acknowledgement", "activation", "characters"])
def test_our_simulated_printer_reads_the_same_words_as_the_oracle(
    oracle: Oracle, simulator: SimulatedPrinter, name: str
) -> None:
    oracle.thermal().print(_slip(name))
    ThermalPrinter(NetworkSink("127.0.0.1", simulator.port), TM_T20).print(_slip(name))

    assert _words(oracle.text()) == _words(simulator.papers[0].text)


def test_the_qr_code_on_the_oracles_paper_leads_to_the_activation(oracle: Oracle) -> None:
    slip = _slip("activation")
    oracle.thermal().print(slip)

    assert [code.text for code in zxingcpp.read_barcodes(oracle.image())] == [slip.qr]


@pytest.mark.parametrize(
    ("fault", "state"),
    [
        ("paper-out", PrinterState.PAPER_OUT),
        ("cover-open", PrinterState.COVER_OPEN),
        ("paper-near-end", PrinterState.PAPER_LOW),
        ("offline", PrinterState.OFFLINE),
    ],
    indirect=["fault"],
)
def test_the_oracles_faults_are_understood(oracle: Oracle, fault: str, state: PrinterState) -> None:
    assert oracle.thermal().state() is state


@pytest.mark.parametrize("fault", ["paper-out", "cover-open", "offline"], indirect=True)
def test_nothing_is_sent_to_an_oracle_that_cannot_print(oracle: Oracle, fault: str) -> None:
    before = oracle.ask("GET", "/receipts")

    outcome = oracle.thermal().print(_slip("activation"))

    assert (outcome.result, oracle.ask("GET", "/receipts")) == (PrintResult.FAILED, before)


def test_the_oracle_knows_every_command_of_a_slip(oracle: Oracle) -> None:
    """ESC R 0 alone is unknown to it: it has no national character sets that would have to be switched off."""
    oracle.thermal().print(_slip("activation"))
    until = time.monotonic() + START_S
    while "printer.job.completed" not in oracle.log.read_text() and time.monotonic() < until:
        threading.Event().wait(0.05)

    told = [row.split("unknown bytes ")[1] for row in oracle.log.read_text().splitlines() if "unknown bytes" in row]
    assert set(told) == {"1b 52 00"}
