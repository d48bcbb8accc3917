"""What the views are given to show: one frozen picture of the session, and what a touch must carry back."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.enrolment.comfort import Comfort
from kiosk.enrolment.day_sheet import DaySheet
from kiosk.enrolment.faults import Fault
from kiosk.enrolment.journey import Journey
from kiosk.enrolment.panel_sheet import PanelSheet
from kiosk.enrolment.place import Operator, TerminalPlace
from kiosk.enrolment.sides import Side
from kiosk.enrolment.steps import Step
from wire.identifiers import TerminalId


@dataclass(frozen=True, slots=True)
class Touch:
    """On which screen of which visit, and on which side, a finger came down: an old page is told by it.

    ``language``: of the words on that page; None: not said.
    """

    visit: int
    step: Step
    side: Side = Side.OPERATOR
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Screen:
    """The session at one instant. ``revision`` grows with every change that must be drawn.

    ``done_today`` counts the openings kept here since midnight in France. ``faults`` are the machine's, the gravest
    first; ``panel`` is there while the agent's panel is open, ``day`` while the counter's day is shown.
    ``pairing_code`` is for the operator's eyes; ``is_paired``: the person has a screen of their own.
    ``has_card``: the professional's card lies in the second reader.
    """

    journey: Journey
    revision: int
    warning: bool
    terminal: TerminalId
    place: TerminalPlace | None
    operator: Operator | None
    waiting: int
    done_today: int
    comfort: Comfort
    menu_open: bool
    faults: tuple[Fault, ...] = ()
    panel: PanelSheet | None = None
    day: DaySheet | None = None
    pairing_code: str | None = None
    is_paired: bool = False
    has_card: bool = False
