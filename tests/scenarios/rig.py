"""A whole terminal in this process, as :func:`kiosk.assembly.build` joins it, that a script can break and start again.

A power cut takes the folder as its files are at that instant, byte for byte, ends the process's threads without letting
them write one more, and starts a new terminal over those files. What was in memory is gone.
"""

from __future__ import annotations

import contextlib
import shutil
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from jinja2.bccache import Bucket, BytecodeCache

from kiosk.assembly import Terminal, build
from kiosk.enrolment.readiness_watch import EVERY as LOOKED_EVERY
from kiosk.enrolment.steps import JourneyKind
from kiosk.settings import KioskSettings
from tests.fakes.programme import AGENT_PIN, PHARMACIST_PIN
from tests.scenarios.screen import Screen
from tests.scenarios.script import FAILPOINTS, Moment
from tests.scenarios.surroundings import Surroundings
from tests.waiting import wait_for
from wire.failpoints import Failpoint

BEAT = timedelta(seconds=LOOKED_EVERY)


class _CompiledPages(BytecodeCache):
    """Pages compiled once for all terminals of this process: a third of a scenario's time else."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


_COMPILED = _CompiledPages()


class PowerCut(BaseException):
    """Ends a thread of the terminal where it is."""


@dataclass
class _Prepared:
    """A blow that waits for its moment."""

    point: Failpoint
    passings_left: int
    strike: Callable[[], None]


@dataclass
class ScenarioRig:
    """``start`` it once; ``close`` ends all. ``screen`` is the browser before it, a new one after each start."""

    around: Surroundings
    met: set[str] = field(default_factory=set)  # words of people who were here
    before: set[threading.Thread] = field(default_factory=lambda: set(threading.enumerate()))
    _prepared: list[_Prepared] = field(default_factory=list)
    _dark: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._usual_hook = threading.excepthook
        threading.excepthook = self._unless_cut

    def start(self) -> None:
        """Plug the terminal in; its first look around is done when this returns."""
        around = self.around
        self._dark.clear()
        self.terminal: Terminal = build(
            KioskSettings(home=around.home, start_spread_s=0.0),
            clock=around.clock.now,
            monotonic=around.clock.monotonic,
            reach=self._reached,
            devices=around.open_devices(),
            link=around.central,
        )
        self.terminal.app.jinja_env.bytecode_cache = _COMPILED
        self.terminal.start()
        pin = AGENT_PIN if around.site.place is JourneyKind.HALL else PHARMACIST_PIN
        self.screen = Screen(self.terminal.app, pin)
        self.beat()
        self.staff_at_start = self.staff()

    def close(self) -> None:
        """End every thread."""
        self.terminal.stop()
        self.around.close()
        threading.excepthook = self._usual_hook

    def staff(self) -> Counter[str]:
        """The terminal's threads by name; a printer that was switched off and on has another one."""
        ours = [thread.name for thread in threading.enumerate() if thread not in self.before]
        return Counter(name for name in ours if name != "simulated-printer")

    def beat(self) -> None:
        """What the slow beat does by itself every five seconds; here, when the script says that they passed."""
        self.terminal.session.readiness.look()
        self.terminal.session.tick()
        self.terminal.worker.wake()

    def pass_time(self, span: timedelta) -> None:
        """Nobody touches anything for so long."""
        self.around.pass_time(span)
        self.beat()

    def prepare(self, when: Moment, strike: Callable[[], None]) -> None:
        """Strike as soon as the terminal reaches that point, before it goes on."""
        point, passing = FAILPOINTS[when]
        self._prepared.append(_Prepared(point, passing, strike))

    def forget_prepared(self) -> None:
        """What was to strike and has not: its moment never came."""
        self._prepared.clear()

    def cut_power(self) -> None:
        """The light goes out, now. Called in a thread of the terminal, that thread ends here."""
        self._picture = self._files()
        self._dark.set()
        if threading.current_thread() is not threading.main_thread():
            raise PowerCut

    def power_back(self) -> None:
        """Wait until the light is out, and plug the terminal in again."""
        wait_for("the power fails", self._dark.is_set)
        self._prepared.clear()
        self.terminal.stop()
        self._restore(self._picture)
        self._picture = {}  # as large as the disk: in a long run it would be taken for a leak
        self.start()

    def _reached(self, point: Failpoint) -> None:
        if self._dark.is_set():
            raise PowerCut
        for one in [one for one in self._prepared if one.point is point]:
            one.passings_left -= 1
            if one.passings_left == 0:
                self._prepared.remove(one)
                one.strike()

    def _unless_cut(self, ended: threading.ExceptHookArgs) -> None:
        if ended.exc_type is not PowerCut:
            self._usual_hook(ended)

    def _files(self) -> dict[str, bytes]:
        with self.terminal.home.database.reading():  # between two writes of other threads, as a disk is
            return {path.name: path.read_bytes() for path in self.around.home.iterdir() if path.is_file()}

    def _restore(self, files: dict[str, bytes]) -> None:
        for path in self.around.home.iterdir():
            with contextlib.suppress(FileNotFoundError):
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        for name, content in files.items():
            target: Path = self.around.home / name
            target.touch(mode=0o600)
            target.write_bytes(content)
