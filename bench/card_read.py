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
from kiosk.card_reader.virtual.line import NO_DELAY
from kiosk.card_reader.virtual.people import card_of
from kiosk.card_reader.vitale import read_card
from kiosk.enrolment.ports import ReaderState
from tests.fakes.card_connection import EngineConnection
from tests.fakes.pcscd import FIRST_SLOT, running_pcscd, why_unavailable
from tests.waiting import wait_until

ROUNDS = 400
WARM_UP = 20
MOST = 1.2
CARD = card_of("famille")


def run() -> list[Figure]:
    """Whole readings, then readings within one open connection, each beside its bare commands.

    Raises:
        RuntimeError: this machine has no pcscd, vpcd or pyscard.
    """
    if reason := why_unavailable():
        raise RuntimeError(reason)
    commands = [command for command, _ in commands_of_a_reading()]
    with running_pcscd() as daemon, card_process(daemon.port), our_reader() as reader:
        insertion = reader.presence().insertion
        bare = bare_reading(commands)
        whole = in_turn(lambda: reader.read(insertion), bare)
        by_class = in_turn(PyscardsOwn(commands), bare)
        with PcscSlots(FIRST_SLOT).connect(FIRST_SLOT) as connection:
            within = in_turn(lambda: read_card(connection, CARD.atr), lambda: _send(connection, commands))
    return [
        *_whole_figures(*whole, len(commands)),
        Figure(
            "the same commands by pyscard's connection class, over bare",
            percentile(by_class[0], 50) / percentile(by_class[1], 50),
            "ratio",
            "no product code: readers(), createConnection, connect, transmit, disconnect, as its manual shows",
        ),
        *_within_figures(*within, len(commands)),
    ]


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


def in_turn(
    ours: Callable[[], object], bare: Callable[[], object], *, rounds: int = ROUNDS, warm_up: int = WARM_UP
) -> tuple[list[float], list[float]]:
    """Milliseconds of both, measured alternately and each first in every other round: a noisy moment hits both."""
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(warm_up + rounds):
        for work, kept in list(zip((ours, bare), times, strict=True))[:: 1 if turn % 2 else -1]:
            began = time.perf_counter()
            work()
            if turn >= warm_up:
                kept.append((time.perf_counter() - began) * 1000)
    return times


def commands_of_a_reading() -> list[tuple[bytes, bytes]]:
    """What one reading of the card sends, and what the card answers."""
    connection = EngineConnection(CARD.engine())
    read_card(connection, CARD.atr)
    engine = CARD.engine()
    return [(command, engine.process(command)) for command in connection.commands]


def _send(connection: CardConnection, commands: list[bytes]) -> None:
    for command in commands:
        connection.transmit(command)


def bare_reading(commands: list[bytes]) -> Callable[[], object]:
    """The same work of PC/SC with nothing of ours around it."""
    return _Bare(commands)


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


class PyscardsOwn:
    """The same commands as somebody sends them who has read pyscard's manual."""

    def __init__(self, commands: list[bytes]) -> None:
        from smartcard.System import readers  # noqa: PLC0415 - only where pyscard is

        self._readers: Any = readers
        self._commands = [list(command) for command in commands]

    def __call__(self) -> None:
        """One reading."""
        connection = self._readers()[0].createConnection()
        connection.connect()
        for command in self._commands:
            connection.transmit(command)
        connection.disconnect()


@contextmanager
def card_process(port: int, bits_per_second: int = NO_DELAY) -> Iterator[None]:
    """The card in the slot, played by a process of its own."""
    command = [sys.executable, "-m", "kiosk.card_reader.virtual", CARD.card_id]
    options = ["--port", str(port), "--line", str(bits_per_second)]
    with subprocess.Popen([*command, *options], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as card:
        try:
            yield
        finally:
            card.terminate()


@contextmanager
def our_reader() -> Iterator[SupervisedCardReader]:
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
