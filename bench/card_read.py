"""Reading a card against the same commands sent bare, over the real pcscd and vpcd: ``python -m bench.card_read``.

The card is another process, so that its chip and our reader do not share an interpreter lock. Both sides do the same
work of PC/SC; what is compared is what the product adds: its threads, its checks and the parsing.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from bench.figures import Figure, percentile, table
from kiosk.card_reader.connection import CardConnection
from kiosk.card_reader.pcsc import PcscSlots
from kiosk.card_reader.reader import SupervisedCardReader
from kiosk.card_reader.virtual.people import card_of
from kiosk.card_reader.vitale import read_card
from kiosk.enrolment.ports import ReaderState
from tests.fakes.card_connection import EngineConnection
from tests.fakes.pcscd import FIRST_SLOT, running_pcscd, why_unavailable
from tests.waiting import wait_until

ROUNDS = 400
WARM_UP = 20
MOST = 1.3
CARD = card_of("famille")


def run() -> list[Figure]:
    """Whole readings, then readings within one open connection, each beside its bare commands.

    Raises:
        RuntimeError: this machine has no pcscd, vpcd or pyscard.
    """
    if reason := why_unavailable():
        raise RuntimeError(reason)
    commands = _commands()
    with running_pcscd() as daemon, _card_process(daemon.port), _reader() as reader:
        insertion = reader.presence().insertion
        whole = _in_turn(lambda: reader.read(insertion), _Bare(commands))
        with PcscSlots(FIRST_SLOT).connect(FIRST_SLOT) as connection:
            within = _in_turn(lambda: read_card(connection, CARD.atr), lambda: _send(connection, commands))
    return [*_whole_figures(*whole, len(commands)), *_within_figures(*within, len(commands))]


def _whole_figures(ours: list[float], bare: list[float], count: int) -> list[Figure]:
    inside = (
        f"both: connect, transaction, {count} commands (sequence A with the card's number), reset; "
        "ours also: hand-over to the worker and back, deadline, swap check (one round trip more), TLV, pairing, "
        "NIR keys (these while the card is reset; both clocks stop after the reset)"
    )
    p50, p95 = (percentile(ours, at) / percentile(bare, at) for at in (50, 95))
    return [
        Figure("card read, connect to identity, p50 over bare", p50, "ratio", inside, most=MOST),
        Figure("card read, connect to identity, p95 over bare", p95, "ratio", inside),
        Figure(
            "card read over the bare commands of its own round, p50",
            percentile([one / other for one, other in zip(ours, bare, strict=True)], 50),
            "ratio",
            "the same rounds, in pairs: steadier where the machine changes pace within the run",
        ),
        Figure("card read p50", percentile(ours, 50), "ms", f"{ROUNDS} rounds in turn; family of three"),
        Figure("card read p95", percentile(ours, 95), "ms", "same"),
        Figure("bare commands p50", percentile(bare, 50), "ms", "pyscard's functions straight, answers thrown away"),
        Figure("bare commands p95", percentile(bare, 95), "ms", "same"),
    ]


def _within_figures(ours: list[float], bare: list[float], count: int) -> list[Figure]:
    inside = f"no connect, no thread: {count} commands in one open connection; ours also: TLV, pairing, NIR keys"
    return [
        Figure(
            "sequence and parsing alone, p50 over bare", percentile(ours, 50) / percentile(bare, 50), "ratio", inside
        ),
        Figure("sequence and parsing p50", percentile(ours, 50), "ms", "same"),
    ]


def _in_turn(ours: Callable[[], object], bare: Callable[[], object]) -> tuple[list[float], list[float]]:
    """Milliseconds of both, measured alternately and each first in every other round: a noisy moment hits both."""
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(WARM_UP + ROUNDS):
        for work, kept in list(zip((ours, bare), times, strict=True))[:: 1 if turn % 2 else -1]:
            began = time.perf_counter()
            work()
            if turn >= WARM_UP:
                kept.append((time.perf_counter() - began) * 1000)
    return times


def _commands() -> list[bytes]:
    """What one reading of the card sends."""
    connection = EngineConnection(CARD.engine())
    read_card(connection, CARD.atr)
    return connection.commands


def _send(connection: CardConnection, commands: list[bytes]) -> None:
    for command in commands:
        connection.transmit(command)


class _Bare:
    """The shortest program that does the same with PC/SC; keeps its context from one reading to the next, as ours."""

    def __init__(self, commands: list[bytes]) -> None:
        from smartcard import scard  # noqa: PLC0415 - only where pyscard is

        self._api: Any = scard
        self._commands = [list(command) for command in commands]
        _, self._context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)

    def __call__(self) -> None:
        api = self._api
        _, card, _ = api.SCardConnect(self._context, FIRST_SLOT, api.SCARD_SHARE_SHARED, api.SCARD_PROTOCOL_T0)
        api.SCardBeginTransaction(card)
        for command in self._commands:
            code, _ = api.SCardTransmit(card, api.SCARD_PCI_T0, command)
            if code != api.SCARD_S_SUCCESS:
                raise RuntimeError(f"PC/SC {code:08X}")
        api.SCardDisconnect(card, api.SCARD_RESET_CARD)


@contextmanager
def _card_process(port: int) -> Iterator[None]:
    """The card in the slot, played by a process of its own."""
    command = [sys.executable, "-m", "kiosk.card_reader.virtual", "--card", CARD.card_id, "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as card:
        try:
            yield
        finally:
            card.terminate()


@contextmanager
def _reader() -> Iterator[SupervisedCardReader]:
    """Our reader, once it has seen the card."""
    reader = SupervisedCardReader(PcscSlots(FIRST_SLOT))
    try:
        if not wait_until(lambda: reader.presence().state is ReaderState.PRESENT):
            raise RuntimeError("the card was not seen")
        yield reader
    finally:
        reader.close()


if __name__ == "__main__":
    print(table(run()))
