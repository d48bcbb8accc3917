"""The scores: each counts one thing, says what it counted, and how near that comes to holding money back. Pure.

A score looks at the enrolments of a window of days and gives **suspicions**: an office, what was counted, the openings
that it rests on, and a percentage. From :data:`NOTICE` on somebody is asked to look; from 100 on the amounts are held
back until they have. A suspicion is no verdict: pharmacies on duty open at night, families share a telephone.

Each threshold stands beside its score with its reason; what they find, and what they find wrongly, is measured on a
synthetic year in docs/abuse.md. No score looks at a person: not at age, name, place of birth, nor at who refused.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import sqrt
from operator import attrgetter
from typing import Any

from central.abuse.opening_hours import local_time
from central.abuse.signals import Signal

NOTICE = 60
"""Per cent of the threshold from which a suspicion is put on the work list."""

DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Window:
    """What the scores look at: enrolments oldest first, and what is known of offices and of their operators."""

    signals: Sequence[Signal]
    departements: Mapping[str, str]  # office → département
    operators: frozenset[tuple[str, str]]  # (office, operator) of everybody who may attest, or once could
    now_ms: int

    @property
    def paid(self) -> Iterator[Signal]:
        """Openings that were booked."""
        return (signal for signal in self.signals if signal.earns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspicion:
    """What a score found at an office; ``evidence`` are dossiers; central.abuse.wording says the ``figures``."""

    score: str
    office_id: str
    subject: str
    percent: int
    figures: str
    evidence: tuple[bytes, ...]

    @property
    def holds(self) -> bool:
        """Whether the amounts are held back until somebody has looked."""
        return self.percent >= 100  # noqa: PLR2004 - per cent


# -- Bursts -----------------------------------------------------------------------------------------------------------
BURST_MS = 10 * 60_000
BURST_OPENINGS = 15
"""In ten minutes at one terminal. A journey takes 90 s alone; at a counter, with everything said before, 40 s: 15 in a
row leave no time for a customer to come to the counter."""


def bursts(window: Window) -> Iterator[Suspicion]:
    """Openings at one terminal faster than people come and go."""
    for terminal, signals in _by(window.paid, "terminal_id"):
        found, most = _crowded([signal.made_ms for signal in signals], BURST_MS, _needed(BURST_OPENINGS))
        if most:
            yield _suspicion("bursts", signals, terminal, most, BURST_OPENINGS, found, (most,))


# -- Hours ------------------------------------------------------------------------------------------------------------
CLOSED_FROM, CLOSED_UNTIL = 22, 6
NIGHT_OPENINGS = 6
"""In one night at one office, by the clock on its own wall. A pharmacy on duty serves who is ill, and opens few."""


def at_night(window: Window) -> Iterator[Suspicion]:
    """Openings while pharmacies are closed, night by night."""
    for office, signals in _by(window.paid, "office_id"):
        departement = window.departements.get(office, "")
        nights: dict[str, list[int]] = defaultdict(list)
        for place, signal in enumerate(signals):
            there = local_time(signal.made_ms, departement)
            if not CLOSED_UNTIL <= there.hour < CLOSED_FROM:
                # The hours before six belong to the evening before.
                evening = local_time(signal.made_ms - CLOSED_UNTIL * 3_600_000, departement)
                nights[evening.date().isoformat()].append(place)
        for night, places in nights.items():
            counted = len(places), night
            yield from _if_any(_suspicion("at_night", signals, night, len(places), NIGHT_OPENINGS, places, counted))


# -- Shared contacts --------------------------------------------------------------------------------------------------
CONTACT_DOSSIERS = 10
"""Dossiers with one telephone or e-mail. A parent gives theirs for the children; homes for the elderly have one for all
and are cleared once."""


def shared_contacts(window: Window) -> Iterator[Suspicion]:
    """One telephone or one e-mail for many persons; at each office that used it at least twice."""
    for kind in ("email_mark", "mobile_mark"):
        marked = [signal for signal in window.paid if getattr(signal, kind) is not None]
        for mark, signals in _by(marked, kind):
            if len(signals) < _needed(CONTACT_DOSSIERS):
                continue
            subject = f"{kind.removesuffix('_mark')} {mark.hex()[:16]}"
            for _, here in _by(signals, "office_id"):
                if len(here) > 1:
                    counted = len(signals), len(here)
                    yield _suspicion(
                        "shared_contacts", here, subject, len(signals), CONTACT_DOSSIERS, range(len(here)), counted
                    )


# -- Operators --------------------------------------------------------------------------------------------------------
UNKNOWN_OPENINGS = 1
"""Nobody of that name attests at the office: intake held the very first one; here they come together, by name."""


def unknown_operators(window: Window) -> Iterator[Suspicion]:
    """Attested by somebody whom the office never named."""
    for office, signals in _by(window.paid, "office_id"):
        for operator, theirs in _by(signals, "operator_id"):
            if (office, operator) not in window.operators:
                count = len(theirs)
                yield _suspicion("unknown_operators", theirs, operator, count, UNKNOWN_OPENINGS, range(count), (count,))


# -- Reading ----------------------------------------------------------------------------------------------------------
READING_S = 5
READING_OPENINGS = 10
READING_SHARE = 0.25
"""From the notice to the last of three answers in under five seconds, ten times and in a quarter of all that an
operator attested. Three touches alone take that long; what was said aloud before the touch the record cannot tell."""


def _is_fast(signal: Signal) -> bool:
    return signal.reading_s is not None and signal.reading_s < READING_S


def unread(window: Window) -> Iterator[Suspicion]:
    """Journeys faster than the questions can be read, let alone asked; by operator."""
    for _, signals in _by(window.paid, "office_id"):
        for operator, theirs in _by(signals, "operator_id"):
            fast = [place for place, one in enumerate(theirs) if _is_fast(one)]
            timed = sum(one.reading_s is not None for one in theirs)
            if fast and len(fast) >= READING_SHARE * timed:
                counted = len(fast), timed, READING_S
                yield from _if_any(_suspicion("unread", theirs, operator, len(fast), READING_OPENINGS, fast, counted))


# -- Duplicates -------------------------------------------------------------------------------------------------------
DUPLICATES = 6
DUPLICATE_SHARE = 0.03
"""Openings of an office whose person enrolled again elsewhere within the window, six and three in a hundred: people
forget, and move; but who was enrolled without knowing comes back as if for the first time."""


def duplicates(window: Window) -> Iterator[Suspicion]:
    """Persons whom one office opened and who then enrol at another, as if they had no dossier."""
    again: dict[bytes, set[str]] = defaultdict(set)
    for signal in window.signals:
        if not signal.opens:
            again[signal.dossier_id].add(signal.office_id)
    for office, signals in _by(window.paid, "office_id"):
        found = [place for place, one in enumerate(signals) if again.get(one.dossier_id, set()) - {office}]
        if found and len(found) >= DUPLICATE_SHARE * len(signals):
            counted = len(found), len(signals)
            yield from _if_any(_suspicion("duplicates", signals, office, len(found), DUPLICATES, found, counted))


# -- Activation -------------------------------------------------------------------------------------------------------
RIPE_DAYS = 45
RIPE_OPENINGS = 40
DEVIATIONS = 7.0
"""Below what all offices together have, in standard deviations: by rate, never by person. Who does not activate has
done nothing wrong; an office of which nobody does has printed slips for nobody."""


def never_activated(window: Window) -> Iterator[Suspicion]:
    """Offices whose slips lie unused far more often than elsewhere, among those old enough to tell."""
    ripe = [signal for signal in window.paid if window.now_ms - signal.made_ms > RIPE_DAYS * DAY_MS]
    if not ripe:
        return
    share = sum(signal.activated for signal in ripe) / len(ripe)
    for office, signals in _by(ripe, "office_id"):
        count = len(signals)
        spread = sqrt(count * share * (1 - share))
        if count < RIPE_OPENINGS or not spread:
            continue
        unused = [place for place, signal in enumerate(signals) if not signal.activated]
        below = (count * share - (count - len(unused))) / spread
        percent = round(100 * below / DEVIATIONS)
        if percent >= NOTICE:
            yield Suspicion(
                score="never_activated",
                office_id=office,
                subject=office,
                percent=percent,
                figures=_written((count - len(unused), count, round(100 * share))),
                evidence=tuple(signals[place].dossier_id for place in unused),
            )


SCORES: tuple[Callable[[Window], Iterator[Suspicion]], ...] = (
    bursts,
    at_night,
    shared_contacts,
    unknown_operators,
    unread,
    duplicates,
    never_activated,
)


def suspicions(window: Window) -> list[Suspicion]:
    """All that the scores find, worst first."""
    found = [suspicion for score in SCORES for suspicion in score(window)]
    return sorted(found, key=lambda one: (-one.percent, one.score, one.office_id, one.subject))


def _by(signals: Iterable[Signal], field: str) -> Iterator[tuple[Any, list[Signal]]]:
    key = attrgetter(field)
    for value, group in groupby(sorted(signals, key=key), key=key):
        yield value, list(group)


def _needed(threshold: int) -> int:
    """The least count that is worth a look."""
    return -(-threshold * NOTICE // 100)


def _crowded(times: Sequence[int], span_ms: int, least: int) -> tuple[list[int], int]:
    """Places of times that stand with at least ``least`` in a span, and the most that stand in one."""
    found: set[int] = set()
    most = 0
    for first, start in enumerate(times):
        after = bisect_right(times, start + span_ms)
        if after - first >= least:
            found.update(range(first, after))
            most = max(most, after - first)
    return sorted(found), most


def _suspicion(
    score: str,
    signals: Sequence[Signal],
    subject: str,
    count: int,
    threshold: int,
    places: Iterable[int],
    counted: Iterable[object],
) -> Suspicion:
    return Suspicion(
        score=score,
        office_id=signals[0].office_id,
        subject=subject,
        percent=100 * count // threshold,
        figures=_written(counted),
        evidence=tuple(signals[place].dossier_id for place in places),
    )


def _written(counted: Iterable[object]) -> str:
    return " ".join(map(str, counted))


def _if_any(suspicion: Suspicion) -> Iterator[Suspicion]:
    if suspicion.percent >= NOTICE:
        yield suspicion
