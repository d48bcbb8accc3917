"""Who may read a service's readiness and numbers, and below which free space it calls itself not ready.

METRICS_TOKEN_FILE        one line, mode 0600: whoever sends it as bearer may read; without it only this machine may
DISK_FLOOR_MB             free megabytes of the home's disk below which the service is not ready; default 1024
PROMETHEUS_MULTIPROC_DIR  (without prefix: the library's own) where several workers put their numbers together
"""

from __future__ import annotations

import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_MB = 1 << 20
_FLOOR_MB = 1024
_LARGEST_FLOOR_MB = 1 << 20
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_SHORTEST_TOKEN = 24  # characters: who can guess it reads the numbers


class ObservingSetupError(Exception):
    """A setting cannot be used; the sentence names it, never its value."""

    code = "observing"


@dataclass(frozen=True, slots=True, repr=False)
class ObservingSettings:
    """``token``: None: this machine alone may read. ``disk_floor`` in bytes. ``shared``: the workers' folder."""

    token: str | None = None
    disk_floor: int = 0
    shared: Path | None = None


UNOBSERVED = ObservingSettings()
"""This machine may look, and no disk is too small: what tests begin with."""


def observing_settings(given: Mapping[str, str], prefix: str) -> ObservingSettings:
    """Read the settings that begin with ``prefix``; the caller's settings module hands in the environment.

    Raises:
        ObservingSetupError: a value that cannot be used.
    """
    shared = given.get("PROMETHEUS_MULTIPROC_DIR")
    floor = given.get(f"{prefix}DISK_FLOOR_MB") or str(_FLOOR_MB)
    if not floor.isascii() or not floor.isdigit() or int(floor) > _LARGEST_FLOOR_MB:
        raise ObservingSetupError(f"{prefix}DISK_FLOOR_MB is a number of megabytes")
    return ObservingSettings(
        token=_token(given, f"{prefix}METRICS_TOKEN_FILE"),
        disk_floor=int(floor) * _MB,
        shared=Path(shared) if shared else None,
    )


def _token(given: Mapping[str, str], name: str) -> str | None:
    if not given.get(name):
        return None
    path = Path(given[name])
    try:
        mode, text = path.stat().st_mode, path.read_text(encoding="ascii").strip()
    except (OSError, ValueError) as error:
        raise ObservingSetupError(f"the file of {name} cannot be read") from error
    if mode & _OTHERS:
        raise ObservingSetupError(f"the file of {name} may be read by others: chmod 600")
    if len(text) < _SHORTEST_TOKEN or not text.isprintable():
        raise ObservingSetupError(f"the file of {name} holds no token of {_SHORTEST_TOKEN} characters on one line")
    return text
