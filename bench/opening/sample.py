"""The figures of ``python -m bench``: a fiftieth of the fleet for a minute, which any machine carries."""

from __future__ import annotations

from bench.figures import Figure
from bench.opening.run import run as play
from bench.opening.size import Size
from bench.opening.tally import Phase, Request

SIZE = Size(boot_s=20.0, day_s=40.0, clocks=6.0).share(0.02)
_INSIDE = "500 terminals whose waits are six times shorter, 2 gunicorn workers, SQLite FULL, 800 visits and a backlog"


def run() -> list[Figure]:
    """Play and count again."""
    outcome = play(SIZE, "")
    tally, counted = outcome.played.tally, outcome.counted
    asked = tally.latency((Phase.DAY, Request.CONFIGURATION, 304))
    sent = tally.latency((Phase.DAY, Request.BATCH, 200))
    late = tally.latency((Phase.DAY, Request.BACKLOG, 200))
    return [
        Figure("opening hours: configuration, unchanged, p95", asked.p95, "ms", _INSIDE),
        Figure("opening hours: a visit's batch, p95", sent.p95, "ms", "while the backlog comes in"),
        Figure("opening hours: a batch of the backlog, p95", late.p95, "ms", "after the line came back"),
        Figure("opening hours: requests without an answer", tally.errors.total(), "", "of any kind", most=0),
        Figure("opening hours: records lost", counted.lost + counted.waiting, "", f"of {counted.made}", most=0),
        Figure("opening hours: records, dossiers, euros doubled", counted.doubled, "", "2 % sent twice", most=0),
    ]
