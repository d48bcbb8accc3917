"""What this office earned this month, as central last told it: shown at once, asked for again when it is old."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

import msgspec

from kiosk.enrolment.desks import EarningsDesk, MonthFigures
from kiosk.enrolment.errors import EnrolmentError
from kiosk.sync.errors import LinkError
from kiosk.sync.facts import Fact, Facts
from kiosk.sync.keys import DeviceKey
from kiosk.sync.link import CentralLink
from kiosk.sync.server_time import Monotonic, ServerTime
from kiosk.sync.whereabouts import HeldWhereabouts
from wire.decoders import json_decoder
from wire.errors import WireError
from wire.figures import FiguresQuery, open_figures
from wire.identifiers import moment
from wire.trust import KeyUse

OLD_AFTER_S = 10 * 60.0
"""Figures of this age are asked for anew when somebody looks at them."""

_PAUSE_S = 60.0  # between two tries, so that a page that is drawn again and again does not ask again and again
_log = logging.getLogger(__name__)


class _Kept(msgspec.Struct, frozen=True):
    """The form on disk: no person, no dossier."""

    month: str
    openings: int
    cents_accrued: int
    cents_held: int
    told_ms: int


def _in_thread(job: Callable[[], None]) -> None:
    threading.Thread(target=job, daemon=True).start()


class OnlineEarnings(EarningsDesk):
    """EarningsDesk over the link, with the last word kept on disk. Safe for threads."""

    def __init__(
        self,
        link: CentralLink,
        key: DeviceKey,
        whereabouts: HeldWhereabouts,
        server_time: ServerTime,
        facts: Facts,
        *,
        monotonic: Monotonic,
        run_aside: Callable[[Callable[[], None]], None] = _in_thread,
    ) -> None:
        self._link = link
        self._key = key
        self._whereabouts = whereabouts
        self._server_time = server_time
        self._facts = facts
        self._monotonic = monotonic
        self._run_aside = run_aside
        self._lock = threading.Lock()
        self._figures = _read(facts.get(Fact.MONTH_FIGURES))
        self._due_s = monotonic()  # after a restart nobody knows how old they are

    def month(self) -> MonthFigures | None:
        """The last known figures; asks aside when they are old, at most once a minute."""
        with self._lock:
            figures, now_s = self._figures, self._monotonic()
            is_due = now_s >= self._due_s
            if is_due:
                self._due_s = now_s + _PAUSE_S
        if is_due:
            self._run_aside(self._refresh)
        return figures

    def _refresh(self) -> None:
        """One question.

        Steps:

        1. the question is signed;
        2. the answer is central's, to this terminal and this question;
        3. the figures are kept on disk, then shown; its time is taken as the new floor.
        """
        try:
            place = self._whereabouts.current()
            query = FiguresQuery(terminal=place.terminal, asked_ms=self._server_time.stamp_ms())
            signed = self._key.figures_query(query)  # 1
            answer_key = place.trust.verifying_key(KeyUse.ANSWER)
            told = open_figures(self._link.figures(signed), answer_key, query=signed, terminal=place.terminal)  # 2
            kept = _Kept(told.month, told.openings, told.cents_accrued, told.cents_held, told.server_ms)
            self._server_time.learn(told.server_ms)
            self._facts.set({Fact.MONTH_FIGURES: msgspec.json.encode(kept).decode()})  # 3
        except (LinkError, WireError, EnrolmentError) as error:
            self._whereabouts.heed(error)
            _log.info("no figures of the month: %s", error.code)
            return
        with self._lock:
            self._figures = _as_figures(kept)
            self._due_s = self._monotonic() + OLD_AFTER_S


def _read(text: str | None) -> MonthFigures | None:
    if text is None:
        return None
    try:
        return _as_figures(json_decoder(_Kept).decode(text))
    except (msgspec.MsgspecError, ValueError, OverflowError):  # of a later release: central will tell again
        return None


def _as_figures(kept: _Kept) -> MonthFigures:
    return MonthFigures(kept.month, kept.openings, kept.cents_accrued, kept.cents_held, moment(kept.told_ms))
