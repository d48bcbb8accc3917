"""The panel's touches, and what its templates print: words by key, faults with what to do about them.

=================  ==============================================  ======
what               on                                              fields
=================  ==============================================  ======
panel_ask          screens on which nobody is being served
panel_open         panel_pin                                       pin
panel_leave        panel_pin, panel
panel_paper        panel: print a trial slip
panel_check        panel: the self-check
panel_slips        panel: home, with the hint on a missing slip
panel_restart      panel
=================  ==============================================  ======
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from kiosk.enrolment.faults import TABLE, Fault, Severity
from kiosk.enrolment.forms import Form, text
from kiosk.enrolment.panel import OPENED_FROM
from kiosk.enrolment.panel_rows import Row
from kiosk.enrolment.panel_sheet import PanelSheet
from kiosk.enrolment.ports import PRINTER_PARTS, PrinterState
from kiosk.enrolment.screen import Screen, Touch
from kiosk.enrolment.session import EnrolmentSession
from kiosk.enrolment.steps import JourneyKind, Step
from kiosk.enrolment.texts import Texts
from kiosk.enrolment.upkeep import Finding

Act = Callable[[EnrolmentSession, Touch, Form], None]
PANEL_TOUCHES: dict[str, Act] = {
    "panel_ask": lambda session, touch, _form: session.panel.ask(touch),
    "panel_open": lambda session, touch, form: session.panel.open(touch, text(form, "pin")),
    "panel_leave": lambda session, touch, _form: session.panel.leave(touch),
    "panel_paper": lambda session, touch, _form: session.panel.print_trial(touch),
    "panel_check": lambda session, touch, _form: session.panel.check(touch),
    "panel_slips": lambda session, touch, _form: session.panel.wait_for_card(touch),
    "panel_restart": lambda session, touch, _form: session.panel.restart(touch),
}
_BADGED = frozenset({Step.ATTRACT, Step.SIGN_IN, Step.DAY})
_BADGE_CODES = 2  # the gravest; all of them stand on the panel
_UNBROKEN_HYPHEN = "\N{NON-BREAKING HYPHEN}"
_WORDS_OF = {"second_printer": "printer"}  # whose words a part's state is said with
_LAST_ROLL_STEP = "trial"
_ROLL_STEPS = ("open", "roll", "shut", _LAST_ROLL_STEP)
# An open cover does not tell whether the roll is in.
_ROLL = {
    PrinterState.PAPER_OUT.value: frozenset({"open"}),
    PrinterState.COVER_OPEN.value: frozenset({"roll", "shut"}),
}
_ID_TAIL = 8  # of a record id: enough to find it at central, short enough to read out


def panel_picture(screen: Screen, texts: Texts) -> dict[str, Any]:
    """What the corner, the badge and the panel print."""
    step, sheet = screen.journey.step, screen.panel
    return {
        "panel_offered": step in OPENED_FROM,
        "badge": _badge(screen) if step in _BADGED else "",
        "panel": None if sheet is None else _panel(sheet, texts, screen.journey.kind),
    }


def _badge(screen: Screen) -> str:
    codes = [TABLE[fault].code for fault in screen.faults if TABLE[fault].severity is not Severity.INFO]
    rest = len(codes) - _BADGE_CODES
    named = " · ".join(codes[:_BADGE_CODES]) + (f" +{rest}" if rest > 0 else "")
    return named.replace("-", _UNBROKEN_HYPHEN)


def _panel(sheet: PanelSheet, texts: Texts, kind: JourneyKind) -> dict[str, Any]:
    return {
        "rows": [_row(row, texts, kind) for row in sheet.rows],
        "oldest": [str(record_id) for record_id in sheet.oldest],
        "dead": [{"id": str(letter.record_id), "code": letter.code} for letter in sheet.dead],
        "slips": [
            {
                "tail": str(slip.record_id)[-_ID_TAIL:],
                "kind": slip.kind.value,
                "number": slip.copy_number,
                "state": slip.state,
            }
            for slip in sheet.doubtful
        ],
        "roll_steps": _roll_steps(sheet.rows),
        "task": "" if sheet.task is None else sheet.task.value,
        "paper": None
        if sheet.paper is None
        else {"result": sheet.paper.result.value, "state": sheet.paper.state.value},
        "findings": [_finding(one, texts, kind) for one in sheet.findings],
    }


def _roll_steps(rows: Iterable[Row]) -> list[tuple[str, bool]]:
    """How a roll is changed, each step with whether it is the one to do now, as the printers tell."""
    states = [row.state for row in rows if row.part in PRINTER_PARTS]
    now = next((_ROLL[state] for state in states if state in _ROLL), frozenset({_LAST_ROLL_STEP}))
    return [(step, step in now) for step in _ROLL_STEPS]


def _row(row: Row, texts: Texts, kind: JourneyKind) -> dict[str, Any]:
    return {
        "part": row.part,
        "level": row.level.value,
        "name": row.name or texts.say(f"panel.{row.part}", kind),
        "words": texts.say(f"panel.{_WORDS_OF.get(row.part, row.part)}.{row.state}", kind, at=row.at, **row.values),
        "faults": _faults(row.faults, texts),
    }


def _finding(finding: Finding, texts: Texts, kind: JourneyKind) -> dict[str, Any]:
    return {
        "part": finding.part,
        "level": finding.level.value,
        "name": texts.say(f"panel.check.{finding.part}", kind),
        "words": texts.say(f"panel.level.{finding.level.value}", kind),
        "faults": _faults(() if finding.fault is None else (finding.fault,), texts),
    }


def _faults(faults: Iterable[Fault], texts: Texts) -> list[dict[str, str]]:
    return [{"code": TABLE[fault].code, "remedy": texts.remedies[fault]} for fault in faults]
