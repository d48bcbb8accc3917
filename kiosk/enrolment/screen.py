"""What the views are given to show: one frozen picture of the session, and what a touch must carry back."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.enrolment.comfort import Comfort
from kiosk.enrolment.faults import Fault
from kiosk.enrolment.journey import Journey
from kiosk.enrolment.panel_sheet import PanelSheet
from kiosk.enrolment.ports import Operator, TerminalPlace
from kiosk.enrolment.steps import Step
from wire.identifiers import TerminalId


@dataclass(frozen=True, slots=True)
class Touch:
    """On which screen of which visit a finger came down: an old page or a second tab is told by it."""

    visit: int
    step: Step


@dataclass(frozen=True, slots=True)
class Screen:
    """The session at one instant. ``revision`` grows with every change that must be drawn.

    ``done_today`` counts the openings kept here since midnight in France. ``faults`` are the machine's, the gravest
    first; ``panel`` is there while the agent's panel is open.
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
