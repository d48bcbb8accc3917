"""Whether a service can do its work now: each thing it stands on is looked at, and answers with a word of ours.

Alive is less: the process answers (``/healthz``). Who restarts what does not live must not restart what is not ready: a
database that is away comes back, a restart helps nobody.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from sqlalchemy import Engine, text

from central.engine import reading

OK = "ok"
FAILED = "failed"
Check = Callable[[], str]
"""Answers :data:`OK` or a word for what is wrong; whatever it raises counts as :data:`FAILED`."""

_log = logging.getLogger("central.observing")


def look(checks: Mapping[str, Check]) -> dict[str, str]:
    """Every check's word, in their order."""
    return {name: _word(name, check) for name, check in checks.items()}


def is_ready(words: Mapping[str, str]) -> bool:
    """Whether nothing is wrong."""
    return all(word == OK for word in words.values())


def database_answers(engine: Engine) -> Check:
    """The database is there and answers."""

    def check() -> str:
        with reading(engine) as connection:
            return OK if connection.scalar(text("SELECT 1")) == 1 else FAILED

    return check


def is_migrated(is_current: Callable[[], bool]) -> Check:
    """The database is of this release: one that was raised or put back meanwhile is ``other_release``."""
    return lambda: OK if is_current() else "other_release"


def holds(raises: Callable[[], object]) -> Check:
    """What must not raise: the trust bundle is the root's and valid now."""

    def check() -> str:
        raises()
        return OK

    return check


def has_room(folder: Path, floor: int) -> Check:
    """At least ``floor`` bytes are free on the disk of ``folder``."""
    return lambda: OK if shutil.disk_usage(folder).free >= floor else "low"


def _word(name: str, check: Check) -> str:
    try:
        return check()
    except Exception as error:  # noqa: BLE001 - whatever it is, the service is not ready; the text may quote a value
        _log.warning("not ready: %s: %s", name, type(error).__name__)
        return FAILED
