"""The counter's own touches, and what its templates print: the person's screen, the day, the professional's card.

=================  ==============================================  ======
what               on                                              fields
=================  ==============================================  ======
pairing_show       the operator's screens: a code for the person's
pairing_hide       the same
unpair             any; on the person's steps it turns this screen
day                resting screens
=================  ==============================================  ======
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from kiosk.enrolment.day import OPENED_FROM
from kiosk.enrolment.day_sheet import DaySheet
from kiosk.enrolment.forms import Form
from kiosk.enrolment.rules import PARIS
from kiosk.enrolment.screen import Screen, Touch
from kiosk.enrolment.second_screen import CODE_SHOWN_ON
from kiosk.enrolment.seen_by import is_watched
from kiosk.enrolment.session import EnrolmentSession
from kiosk.enrolment.sides import Side
from kiosk.enrolment.steps import QUESTION_OF, JourneyKind, Step
from kiosk.enrolment.texts import Texts

Act = Callable[[EnrolmentSession, Touch, Form], None]
COUNTER_TOUCHES: dict[str, Act] = {
    "pairing_show": lambda session, touch, _form: session.second_screen.show_code(touch),
    "pairing_hide": lambda session, touch, _form: session.second_screen.hide_code(touch),
    "unpair": lambda session, touch, _form: session.second_screen.unpair(touch),
    "day": lambda session, touch, _form: session.day.open(touch),
}
_HALF = 3  # digits: a code is read out in two halves
_CENTS = 100


def counter_picture(screen: Screen, texts: Texts, side: Side) -> dict[str, Any]:
    """What only a counter shows; in the operator's language but for what is the person's."""
    step, is_operators = screen.journey.step, side is Side.OPERATOR
    at_work = is_operators and screen.journey.kind is JourneyKind.COUNTER and screen.operator is not None
    code = screen.pairing_code
    return {
        "base": "" if is_operators else "/patient",
        "is_second": not is_operators,
        "comfort_here": screen.is_paired is not is_operators,
        "asked_now": _asked(screen, texts) if is_watched(screen, side) else "",
        "pairing_offered": at_work and step in CODE_SHOWN_ON and code is None and not screen.is_paired,
        "pairing_code": "" if code is None or not at_work else f"{code[:_HALF]} {code[_HALF:]}",
        "day_offered": at_work and step in OPENED_FROM - {Step.DAY},
        "day": None if screen.day is None else _day(screen.day, texts),
    }


def _asked(screen: Screen, texts: Texts) -> str:
    """What the person is reading now, in the operator's language."""
    journey = screen.journey
    question = QUESTION_OF.get(journey.step)
    if question is not None:
        return texts.asked_of(question, journey.party).title
    return texts.say(f"step.{journey.step.value}", journey.kind)


def pairing_picture(session: EnrolmentSession, language: str, complaint: str) -> dict[str, Any]:
    """The page of a browser that is not paired, in the language asked for: nothing of anybody, a field for the code."""
    screen, texts = session.screen(), session.texts_in(language)
    return {
        "base": "/patient",
        "frame": "enrolment/patient/pairing.html",
        "t": functools.partial(_say, texts),
        "language": texts.language,
        "languages": session.languages,
        "letters": texts.language.letters,
        "terminal": screen.terminal,
        "office": screen.place.office_name if screen.place else "",
        "complaint": texts.sentences[complaint] if complaint else "",
    }


def _day(sheet: DaySheet, texts: Texts) -> dict[str, Any]:
    month = sheet.month
    return {
        "kinds": [kind.value for kind in sheet.kinds],
        "hours": [{"from": row.hour, "to": row.hour + 1, "counts": row.counts} for row in sheet.hours],
        "totals": sheet.totals,
        "waiting": sheet.waiting,
        "missing": [(kind.value, count) for kind, count in sheet.missing],
        "month": None
        if month is None
        else {
            "name": "/".join(reversed(month.month.split("-"))),
            "openings": month.openings,
            "accrued": _euros(month.cents_accrued, texts),
            "held": _euros(month.cents_held, texts) if month.cents_held else "",
            "told": f"{month.told_at.astimezone(PARIS):%d/%m %H:%M}",
        },
    }


def _say(texts: Texts, key: str, *, count: int | None = None, **values: object) -> str:
    return texts.say(key, JourneyKind.COUNTER, count=count, **values)


def _euros(cents: int, texts: Texts) -> str:
    """Whole cents as an amount, the way the language writes it."""
    sign = "-" if cents < 0 else ""
    euros, rest = divmod(abs(cents), _CENTS)
    return _say(texts, "day.euros", euros=f"{sign}{euros}", cents=f"{rest:02d}")
