"""Reading a card against the same commands sent bare, over the real pcscd and vpcd: ``python -m bench.card_read``.

The card is another process, so that its chip and our reader do not share an interpreter lock. Both sides do the same
work of PC/SC; what is compared is what the product adds: its threads, its checks and the parsing.

Two things are waited for. Who asked waits for the identity; the next program waits for the card, which we reset while
who asked has the identity already. The bare program resets it before it is done.

Where the kernel puts three processes on two cores decides what a command costs (35 µs on one core, 130 where they wake
each other across two), and it may decide otherwise for our thread than for the bare program's: the same commands, both
bare, differ by a tenth. The bounds are therefore asked where both stand alike: who reads on one core, pcscd and the
card on another.
"""

from __future__ import annotations

import queue
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

from bench.figures import Figure, percentile, table
from bench.pinned import kept_on
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


@dataclass(frozen=True, slots=True)
class Placement:
    """Which cores who reads may use, and which pcscd and the card. ``most``: the bound asked there, if any."""

    name: str
    reading: frozenset[int]
    serving: frozenset[int]
    most: float | None = None


AS_IT_COMES = Placement("as it comes", frozenset({0, 1}), frozenset({0, 1}))
PLACEMENTS = (
    Placement("apart", frozenset({0}), frozenset({1}), MOST),
    AS_IT_COMES,
    Placement("all on one core", frozenset({0}), frozenset({0})),
)


class Times(NamedTuple):
    """Milliseconds of each round: until the work was done, and until the card was let go of."""

    ours: list[float]
    bare: list[float]
    ours_until_free: list[float]
    bare_until_free: list[float]

    def ratio(self, percent: int = 50) -> float:
        """Of the percentiles, until the work was done."""
        return percentile(self.ours, percent) / percentile(self.bare, percent)


def run() -> list[Figure]:
    """Whole readings, then readings within one open connection, each beside its bare commands, in each placement.

    Raises:
        RuntimeError: this machine has no pcscd, vpcd or pyscard.
    """
    if reason := why_unavailable():
        raise RuntimeError(reason)
    return [figure for placement in PLACEMENTS for figure in _run_in(placement)]


def _run_in(placement: Placement) -> list[Figure]:
    commands = [command for command, _ in commands_of_a_reading()]
    with desk(placement) as reading:
        bare = BareReading(commands)
        whole = in_turn(reading, bare, let_go=reading.wait_until_let_go)
        by_class = in_turn(PyscardsOwn(commands), bare)
        with PcscSlots(FIRST_SLOT).connect(FIRST_SLOT) as connection:
            within = in_turn(lambda: read_card(connection, CARD.atr), lambda: _send(connection, commands))
    return [
        *_whole_figures(placement, whole, len(commands)),
        _within_figure(placement, within, len(commands)),
        Figure(
            f"{placement.name}: the same by pyscard's connection class",
            by_class.ratio(),
            "ratio",
            "no product code: readers(), createConnection, connect, transmit, disconnect, as its manual shows",
        ),
    ]


def _whole_figures(placement: Placement, times: Times, count: int) -> list[Figure]:
    inside = (
        f"both: connect, transaction, {count} commands (sequence A with the card's number); bare also: reset. "
        "Ours also: hand-over to the worker and back, deadline, swap check (two round trips), TLV, pairing, NIR keys"
    )
    until_free = percentile(times.ours_until_free, 50) / percentile(times.bare_until_free, 50)
    ours, bare = (f"{percentile(each, 50):.3g} ms ({percentile(each, 95):.3g})" for each in times[:2])
    return [
        Figure(f"{placement.name}: card read, p50 over bare", times.ratio(), "ratio", inside, placement.most),
        Figure(
            f"{placement.name}: card read, p95 over bare", times.ratio(95), "ratio", f"p50 (p95): {ours} over {bare}"
        ),
        Figure(f"{placement.name}: until the card is let go of", until_free, "ratio", "both with the reset"),
    ]


def _within_figure(placement: Placement, times: Times, count: int) -> Figure:
    inside = f"no connect, no thread: {count} commands in one open connection; ours also: TLV, pairing, NIR keys"
    return Figure(f"{placement.name}: sequence and parsing alone", times.ratio(), "ratio", inside, placement.most)


def _at_once() -> None:
    """The card is let go of when the work is done."""


def in_turn(
    ours: Callable[[], object],
    bare: Callable[[], object],
    *,
    let_go: Callable[[], object] = _at_once,
    rounds: int = ROUNDS,
    warm_up: int = WARM_UP,
) -> Times:
    """Both measured alternately and each first in every other round: a noisy moment hits both.

    ``let_go`` comes after ours: its reset is not left to the other's clock.
    """
    times = Times([], [], [], [])
    for turn in range(warm_up + rounds):
        sides = [
            (ours, let_go, times.ours, times.ours_until_free),
            (bare, _at_once, times.bare, times.bare_until_free),
        ]
        for work, until_free, done, free in sides[:: 1 if turn % 2 else -1]:
            began = time.perf_counter()
            work()
            ended = time.perf_counter()
            until_free()
            if turn >= warm_up:
                done.append((ended - began) * 1000)
                free.append((time.perf_counter() - began) * 1000)
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


class BareReading:
    """The shortest program that does the same with PC/SC; keeps its context from one reading to the next, as ours."""

    def __init__(self, commands: list[bytes]) -> None:
        from smartcard import scard  # noqa: PLC0415 - only where pyscard is

        self._api: Any = scard
        self._commands = [list(command) for command in commands]
        _, self._context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)

    def __call__(self) -> None:
        """One reading, answers thrown away."""
        api = self._api
        card = self._connect()
        api.SCardBeginTransaction(card)
        for command in self._commands:
            code, _ = api.SCardTransmit(card, api.SCARD_PCI_T0, command)
            if code != api.SCARD_S_SUCCESS:
                raise RuntimeError(f"PC/SC {code:08X}")
        api.SCardDisconnect(card, api.SCARD_RESET_CARD)

    def _connect(self) -> int:
        api = self._api
        code, card, _ = api.SCardConnect(self._context, FIRST_SLOT, api.SCARD_SHARE_SHARED, api.SCARD_PROTOCOL_T0)
        if code != api.SCARD_S_SUCCESS:
            raise RuntimeError(f"PC/SC {code:08X}")
        return int(card)


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


class SlotsThatTell(PcscSlots):
    """The real slots; ``let_go`` tells each time that a card was let go of."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.let_go: queue.SimpleQueue[None] = queue.SimpleQueue()

    def connect(self, slot: str) -> CardConnection:
        """See ``CardSlots``."""
        connection = super().connect(slot)
        end = connection.end

        def end_and_tell() -> None:
            end()
            self.let_go.put(None)

        connection.end = end_and_tell  # type: ignore[method-assign] # a wrapper would cost at each command
        return connection


class OurReading:
    """What the product does, again and again with one insertion."""

    def __init__(self, reader: SupervisedCardReader, slots: SlotsThatTell) -> None:
        self._reader = reader
        self._slots = slots
        self._insertion = reader.presence().insertion

    def __call__(self) -> None:
        """One reading, until the identity is in hand."""
        self._reader.read(self._insertion)

    def wait_until_let_go(self) -> None:
        """Until the card was reset after it."""
        self._slots.let_go.get()


@contextmanager
def desk(placement: Placement = AS_IT_COMES, bits_per_second: int = NO_DELAY) -> Iterator[OurReading]:
    """Card, pcscd and our reader, which has seen the card, each where it belongs."""
    with ExitStack() as stack:
        with kept_on(placement.serving):  # inherited by what is started here
            daemon = stack.enter_context(running_pcscd())
            stack.enter_context(card_process(daemon.port, bits_per_second))
        stack.enter_context(kept_on(placement.reading))
        slots = SlotsThatTell(FIRST_SLOT)
        reader = SupervisedCardReader(slots)
        stack.callback(reader.close)
        if not wait_until(lambda: reader.presence().state is ReaderState.PRESENT):
            raise RuntimeError("the card was not seen")
        yield OurReading(reader, slots)


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


if __name__ == "__main__":
    print(table(run()))
