"""What a programme sets about its dashboards: the target, and after how long a quiet terminal is somebody's business.

CENTRAL_TARGET         dossiers the programme wants in all; default 40 million (dmp.md §12)
CENTRAL_SILENT_DAYS    a registered terminal not heard of for so long is silent; default 3: a weekend and a Monday off
CENTRAL_IDLE_DAYS      a terminal that is heard of but opened nothing for so long is idle; default 14
CENTRAL_AWAITED_DAYS   a terminal whose ticket was issued so long ago and that never came is awaited; default 30
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from central.errors import SetupError

_LONGEST_DAYS = 60  # the idle ones are sought day by day
_LARGEST_TARGET = 100_000_000  # more than there are people to have one


@dataclass(frozen=True, slots=True)
class DashboardSettings:
    """Target and thresholds."""

    target: int = 40_000_000
    silent_after: timedelta = timedelta(days=3)
    idle_after: timedelta = timedelta(days=14)
    awaited_after: timedelta = timedelta(days=30)


USUAL = DashboardSettings()


def dashboard_settings(given: Mapping[str, str]) -> DashboardSettings:
    """Read them from the environment.

    Raises:
        SetupError: a value that is no number, or beyond what can be meant.
    """

    def days(name: str, usual: timedelta) -> timedelta:
        return timedelta(days=_number(given, name, usual.days, _LONGEST_DAYS))

    return DashboardSettings(
        target=_number(given, "CENTRAL_TARGET", USUAL.target, _LARGEST_TARGET),
        silent_after=days("CENTRAL_SILENT_DAYS", USUAL.silent_after),
        idle_after=days("CENTRAL_IDLE_DAYS", USUAL.idle_after),
        awaited_after=days("CENTRAL_AWAITED_DAYS", USUAL.awaited_after),
    )


def _number(given: Mapping[str, str], name: str, usual: int, most: int) -> int:
    text = given.get(name, str(usual))
    if not text.isascii() or not text.isdigit() or not 0 < int(text) <= most:
        raise SetupError(f"{name} is a number from 1 to {most}")
    return int(text)
