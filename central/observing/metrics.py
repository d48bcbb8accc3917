"""Numbers for Prometheus: requests by endpoint, and what waits for somebody. Never a person, an office or a terminal.

Labels come from sets that are fixed when the service starts: names of endpoints, methods, classes of status. What a
caller writes (an address that does not exist, a made-up method) is counted under one name, so that nobody can grow the
numbers without bound, or write a value into them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

_METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"})
_OTHER = "other"
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 2.5, 10.0)


@dataclass(frozen=True, slots=True)
class Gauge:
    """One number as it is now; ``labels`` are words of ours."""

    name: str
    help: str
    value: float
    labels: dict[str, str] = field(default_factory=dict)


ReadGauges = Callable[[], Iterable[Gauge]]
"""Looks the gauges up when somebody asks for the numbers; whatever it raises makes ``…_database_up`` 0."""


class Metrics:
    """The numbers of one process, or, with ``shared``, of all workers that write into that folder."""

    def __init__(self, service: str, read: ReadGauges, *, shared: Path | None = None) -> None:
        self._prefix = f"dmp_{service}"
        self._read = read
        self._shared = shared
        self._registry = CollectorRegistry()
        self._requests = Counter(
            f"{self._prefix}_requests",
            "Requests by endpoint, method and class of status.",
            ("endpoint", "method", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            f"{self._prefix}_request_seconds",
            "Time until the answer was made.",
            ("endpoint",),
            buckets=_SECONDS,
            registry=self._registry,
        )

    def count(self, endpoint: str | None, method: str, status: int, seconds: float | None) -> None:
        """One request that was answered; no ``seconds`` when it was refused before its time began."""
        known = endpoint or _OTHER
        self._requests.labels(known, method if method in _METHODS else _OTHER, f"{status // 100}xx").inc()
        if seconds is not None:
            self._seconds.labels(known).observe(seconds)

    def text(self) -> bytes:
        """All of it in Prometheus' text form."""
        registry = self._registry
        if self._shared is not None:
            registry = CollectorRegistry()
            MultiProcessCollector(registry, path=str(self._shared))  # type: ignore[no-untyped-call]
        looked_up = CollectorRegistry()
        looked_up.register(_LookedUp(self._prefix, self._read))
        return generate_latest(registry) + generate_latest(looked_up)


class _LookedUp(Collector):
    """Gauges, read at the moment they are asked for: the same from whichever worker answers."""

    def __init__(self, prefix: str, read: ReadGauges) -> None:
        self._prefix, self._read = prefix, read

    def collect(self) -> Iterator[GaugeMetricFamily]:
        families: dict[str, GaugeMetricFamily] = {}
        try:
            for gauge in self._read():
                name = f"{self._prefix}_{gauge.name}"
                family = families.setdefault(name, GaugeMetricFamily(name, gauge.help, labels=sorted(gauge.labels)))
                family.add_metric([gauge.labels[label] for label in sorted(gauge.labels)], gauge.value)
        except Exception:  # noqa: BLE001 - monitoring must hear that the database is away, not get an error page
            families.clear()
        is_up = bool(families)
        yield GaugeMetricFamily(f"{self._prefix}_database_up", "Whether the gauges could be read.", value=int(is_up))
        yield from families.values()
