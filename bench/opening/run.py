"""One run from nothing: keys, database, fleet, central, play, recount."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.opening.conductor import Conductor, Played
from bench.opening.fleet import make_fleet, make_known
from bench.opening.recount import Recount, recount
from bench.opening.serving import central, make_home
from bench.opening.size import Size
from central.engine import make_engine
from central.schema import upgrade

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run showed; ``database`` is the kind, sqlite or postgresql."""

    size: Size
    database: str
    played: Played
    counted: Recount


def run(size: Size, database: str, *, folder: Path | None = None, say: Say = lambda _: None) -> Outcome:
    """Play a run over an empty database at the URL ``database``; ``""`` is a SQLite file in the run's folder.

    ``say`` hears, in words, what is being done.
    """
    if folder is None:
        with tempfile.TemporaryDirectory(prefix="dmp-opening-") as name:
            return run(size, database, folder=Path(name), say=say)
    url = database or f"sqlite:///{folder / 'central.db'}"
    keys = make_home(folder, now=datetime.now(UTC))
    say(f"making {size.terminals} terminals and the records of {size.visits} visits and of the outage")
    fleet = make_fleet(size, keys.trust, at=datetime.now(UTC))
    engine = make_engine(url)
    try:
        upgrade(engine)
        make_known(engine, fleet.members)
        with central(folder, url, size) as served:
            say(f"playing: {size.boot_s:g} s of boot, {size.day_s:g} s of day, and what is left to send")
            played = asyncio.run(Conductor(size, fleet, served, keys).play())
        say("counting again")
        counted = recount(engine, played.terminals, people=fleet.people, shards=served.shards)
    finally:
        engine.dispose()
    return Outcome(size, url.partition(":")[0].partition("+")[0], played, counted)
