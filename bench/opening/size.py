"""How large a run is: the fleet, the day, the outage, and how each of them is squeezed into the time there is."""

from __future__ import annotations

from dataclasses import dataclass, replace

from kiosk.settings import START_SPREAD_S
from kiosk.sync.planning import BACKOFF_CAP_S

FLEET = 25_000
"""Terminals in the field (design.md §1)."""

DAY_OF_THE_PEAK_WEEK = 40_015
"""Openings a day: 240,090 in the week of 6 to 12 December 2018 (dmp.md §12) over six opening days, all of them at
terminals: in truth about two thirds were."""

OPENING_HOURS_S = 10 * 3600.0
"""From 9 to 19 o'clock."""

RECORDS_A_VISIT = 3
"""The enrolment and the fates of its two slips."""

_PATIENCE_S = 30.0


@dataclass(frozen=True, slots=True)
class Size:
    """What is played.

    ``boot_s``: seconds within which every terminal has asked for its configuration.
    ``visits``: people who enrol in the day; ``day_s``: seconds in which the ten opening hours pass. Only the coming of
    people is squeezed so: a shorter day asks more of central than a real one.
    ``backlog``: records made during the outage, which lasts from the day's begin to ``line_returns`` of it and cuts off
    ``cut_off`` of the fleet.
    ``clocks``: how many times faster the terminals' own clocks run, and with them all their waits (spread at the start,
    refreshing, back-off). 1 is the field's.
    ``lost_answers``: share of the answers to batches that never reach the terminal: it must send again.
    """

    terminals: int = FLEET
    boot_s: float = 600.0
    visits: int = DAY_OF_THE_PEAK_WEEK
    day_s: float = 3600.0
    backlog: int = 20_000
    cut_off: float = 0.25
    line_returns: float = 0.4
    clocks: float = 1.0
    lost_answers: float = 0.02
    workers: int = 2
    threads: int = 4
    connections: int = 64
    seed: int = 1

    def share(self, part: float) -> Size:
        """The same with a part of the fleet, and with it of the people and of the backlog."""
        return replace(
            self,
            terminals=max(2, round(self.terminals * part)),
            visits=round(self.visits * part),
            backlog=round(self.backlog * part),
        )

    @property
    def switched_on_within_s(self) -> float:
        """Terminals begin within this, so that with the wait each draws all have asked within ``boot_s``."""
        return max(0.0, self.boot_s - START_SPREAD_S / self.clocks)

    @property
    def day_is_faster(self) -> float:
        """How many times faster than in the field people come."""
        return OPENING_HOURS_S / self.day_s

    @property
    def drain_within_s(self) -> float:
        """Seconds after the day in which the last record must be acknowledged: two longest back-offs and a bit."""
        return 2 * BACKOFF_CAP_S / self.clocks + _PATIENCE_S
