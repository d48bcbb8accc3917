"""A run as tables, in a form that a terminal and a page of docs/ can both show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from bench.figures import percentile
from bench.opening.conductor import PhaseSeen
from bench.opening.run import Outcome
from bench.opening.size import FLEET, Size
from bench.opening.tally import Tally
from kiosk.sync.refresh import RefreshPace

_PACE = RefreshPace()
_MEAN_SPREAD = 0.75  # each wait is drawn from half of the pace to the whole


def asked_by_fleet(terminals: int = FLEET, clocks: float = 1.0) -> tuple[float, float]:
    """Configuration and trust questions a second that a fleet at rest asks."""
    return (
        terminals * clocks / (_PACE.configuration_s * _MEAN_SPREAD),
        terminals * clocks / (_PACE.trust_s * _MEAN_SPREAD),
    )


def report(outcome: Outcome) -> str:
    """All tables."""
    tally = outcome.played.tally
    parts = [
        _played(outcome.size, outcome.database),
        _table(("phase", "request", "status", "count", "p50 ms", "p95 ms", "p99 ms", "longest"), _latencies(tally)),
        _table(("phase", "request", "what went wrong", "times"), _errors(tally)),
        _table(("records", "number"), _records(outcome)),
        _table(
            (
                "phase",
                "seconds",
                "answers/s",
                "central's cores",
                "ms of central an answer",
                "simulator's cores",
                "simulator late p99 ms",
            ),
            _costs(outcome),
        ),
        *outcome.counted.findings,
    ]
    return "\n\n".join(parts)


def _played(size: Size, database: str) -> str:
    configuration, trust = asked_by_fleet(size.terminals, size.clocks)
    return (
        f"{size.terminals:,} terminals on {database}, {size.workers} workers of {size.threads} threads; boot within "
        f"{size.boot_s:g} s; at rest {configuration:.0f} + {trust:.1f} questions a second; {size.visits:,} visits in "
        f"{size.day_s:g} s ({size.day_is_faster:.3g} times as fast as in ten hours); backlog {size.backlog:,} records; "
        f"terminals' clocks x {size.clocks:g}; {size.lost_answers:.0%} of the answers to batches lost; seed {size.seed}"
    )


def _latencies(tally: Tally) -> Iterator[Sequence[str]]:
    for kind in tally.kinds():
        phase, request, status = kind
        seen = tally.latency(kind)
        times = (f"{value:,.1f}" for value in (seen.p50, seen.p95, seen.p99, seen.longest))
        yield phase.value, request.value, str(status), f"{seen.count:,}", *times


def _errors(tally: Tally) -> Iterator[Sequence[str]]:
    for (phase, request, what), times in tally.errors.items():
        yield phase.value, request.value, what, f"{times:,}"
    if not tally.errors:
        yield "all", "all", "nothing", "0"


def _records(outcome: Outcome) -> Iterator[Sequence[str]]:
    counted, tally = outcome.counted, outcome.played.tally
    yield from (
        (name, f"{value:,}")
        for name, value in (
            ("made", counted.made),
            ("sent", counted.sent),
            ("sent again (their answers were lost or late)", tally.sent_again),
            ("acknowledged", counted.acknowledged),
            ("in the database", counted.kept),
            ("lost: acknowledged, not in the database", counted.lost),
            ("doubled: record, dossier or amount", counted.doubled),
            ("never acknowledged", counted.waiting),
            ("dossiers, of so many people", counted.dossiers),
            ("people who enrolled", counted.people),
        )
    )
    yield "answers lost on purpose", f"{tally.answers_lost:,}"
    yield "attempts while the line was down", f"{tally.line_down:,}"
    yield "central's own recount", "disagrees" if counted.findings else "agrees"
    yield "terminals with a configuration after the boot", f"{_configured(outcome):,}"
    yield "slowest of them, s after being switched on", f"{_slowest(outcome):.1f}"


def _configured(outcome: Outcome) -> int:
    return sum(terminal.configured_s is not None for terminal in outcome.played.terminals)


def _slowest(outcome: Outcome) -> float:
    return max((terminal.configured_s or 0.0 for terminal in outcome.played.terminals), default=0.0)


def _costs(outcome: Outcome) -> Iterator[Sequence[str]]:
    tally = outcome.played.tally
    for phase, seen in outcome.played.phases.items():
        if seen.seconds > 1:
            answered = tally.answered(phase)
            yield phase.value, *(f"{value:,.3g}" for value in _cost(seen, answered))


def _cost(seen: PhaseSeen, answered: int) -> tuple[float, ...]:
    return (
        seen.seconds,
        answered / seen.seconds,
        seen.central_cpu_s / seen.seconds,
        1000 * seen.central_cpu_s / max(1, answered),
        seen.own_cpu_s / seen.seconds,
        1000 * percentile([*seen.lateness_s, 0.0, 0.0], 99),
    )


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    every = [heads, *rows]
    widths = [max(len(row[column]) for row in every) for column in range(len(heads))]
    lines = [_row(row, widths) for row in every]
    return "\n".join([lines[0], _row(["-" * width for width in widths], widths), *lines[1:]])


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)) + " |"
