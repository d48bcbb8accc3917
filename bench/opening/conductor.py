"""Plays a run: switches the fleet on, lets people come, cuts the line and gives it back, waits until all is sent."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from random import Random

from bench.opening.asking import Surroundings
from bench.opening.fleet import Fleet
from bench.opening.line import Line
from bench.opening.serving import HOST, Served
from bench.opening.size import Size
from bench.opening.tally import Phase, Tally
from bench.opening.terminal import LoadTerminal
from central.keys import CentralKeys

_LOOK_S = 0.2  # how often the simulator's own lateness is looked at
_LAST_EXCHANGE_S = 90.0


@dataclass(slots=True)
class PhaseSeen:
    """What a phase cost: wall seconds, processor seconds of central's workers and of this process.

    ``lateness_s``: by how much this process woke later than it wanted, again and again. Where that is large, the
    latencies are its own, not central's.
    """

    seconds: float = 0.0
    central_cpu_s: float = 0.0
    own_cpu_s: float = 0.0
    lateness_s: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Played:
    """A run that is over."""

    terminals: Sequence[LoadTerminal]
    tally: Tally
    phases: dict[Phase, PhaseSeen]


class Conductor:
    """One run against a central that is served."""

    def __init__(self, size: Size, fleet: Fleet, served: Served, keys: CentralKeys) -> None:
        self._size = size
        self._fleet = fleet
        self._served = served
        self._chance = Random(size.seed)
        self._tally = Tally()
        self._line = Line(HOST, served.port, connections=size.connections)
        around = Surroundings(
            self._line, self._tally, keys.root, keys.trust, self._chance, size.clocks, size.lost_answers
        )
        self._terminals = [LoadTerminal(member, around) for member in fleet.members]
        self._phases = {phase: PhaseSeen() for phase in Phase}
        self._is_over = False

    async def play(self) -> Played:
        """Boot, day, and what comes after."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._watch_own_lateness())
                for terminal in self._terminals:
                    after_s = self._chance.random() * self._size.switched_on_within_s
                    group.create_task(terminal.live(after_s))
                await self._phase(Phase.BOOT, self._boot)
                await self._phase(Phase.DAY, self._day)
                await self._phase(Phase.DRAIN, self._drain)
                self._is_over = True
                for terminal in self._terminals:
                    terminal.stop()
        finally:
            await self._line.close()
        return Played(self._terminals, self._tally, self._phases)

    async def _phase(self, phase: Phase, play: Callable[[], Awaitable[None]]) -> None:
        self._tally.phase, seen = phase, self._phases[phase]
        started, own, theirs = time.monotonic(), time.process_time(), self._served.cpu_s()
        await play()
        seen.seconds = time.monotonic() - started
        seen.own_cpu_s = time.process_time() - own
        seen.central_cpu_s = self._served.cpu_s() - theirs

    async def _boot(self) -> None:
        """The ten minutes; longer only when central was too slow to answer everybody in them."""
        await asyncio.sleep(self._size.boot_s)
        await self._until(lambda: all(one.configured_s is not None for one in self._terminals), _LAST_EXCHANGE_S)

    async def _day(self) -> None:
        """People come; a part of the fleet is cut off from the day's begin until the line returns."""
        began = time.monotonic()
        cut_off = [terminal for terminal in self._terminals if terminal.backlog]
        for terminal in cut_off:
            terminal.asker.is_down = True
            terminal.release(terminal.backlog)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._line_returns(cut_off))
            for visit in self._fleet.day:
                await asyncio.sleep(max(0.0, began + visit.at_s - time.monotonic()))
                group.create_task(self._terminals[visit.terminal].visited())

    async def _line_returns(self, cut_off: Sequence[LoadTerminal]) -> None:
        await asyncio.sleep(self._size.day_s * self._size.line_returns)
        for terminal in cut_off:
            terminal.asker.is_down = False  # nobody tells them: their back-off goes on

    async def _drain(self) -> None:
        await self._until(lambda: all(one.is_empty for one in self._terminals), self._size.drain_within_s)

    async def _until(self, holds: Callable[[], bool], within_s: float) -> None:
        deadline = time.monotonic() + within_s
        while not holds() and time.monotonic() < deadline:  # noqa: ASYNC110 - or each of 25,000 would have to ring
            await asyncio.sleep(_LOOK_S)

    async def _watch_own_lateness(self) -> None:
        while not self._is_over:
            wanted = time.monotonic() + _LOOK_S
            await asyncio.sleep(_LOOK_S)
            self._phases[self._tally.phase].lateness_s.append(time.monotonic() - wanted)
