"""The session as each side may see it: nothing of the operator's on the person's own screen, and the reverse. Pure.

Decision 0018. Between the person's steps their screen is given an empty journey, so that no template can print what
is not there. While they answer, the operator's page shows what is asked, and never the menu that lies on their screen.
"""

from __future__ import annotations

import dataclasses

from kiosk.enrolment.screen import Screen
from kiosk.enrolment.sides import PATIENTS_OWN, Side
from kiosk.enrolment.steps import JourneyKind


def seen_by(screen: Screen, side: Side) -> Screen:
    """The same instant with what this side must not see taken out."""
    if side is Side.OPERATOR:
        return dataclasses.replace(screen, menu_open=False) if screen.is_paired else screen
    bare = dataclasses.replace(
        screen, operator=None, waiting=0, done_today=0, faults=(), panel=None, day=None, pairing_code=None
    )
    if screen.journey.step in PATIENTS_OWN:
        return bare
    return dataclasses.replace(bare, journey=screen.journey.forgotten(), warning=False)


def is_watched(screen: Screen, side: Side) -> bool:
    """Whether this page only watches: the person is answering on a screen of their own."""
    return side is Side.OPERATOR and screen.is_paired and screen.journey.step in PATIENTS_OWN


def waits(screen: Screen, side: Side) -> bool:
    """Whether this is the person's screen, and the operator is at work."""
    return side is Side.PATIENT and screen.journey.step not in PATIENTS_OWN


def is_in_persons_language(screen: Screen, side: Side) -> bool:
    """Whose language the page speaks: at a counter the person's on their own steps, and on their own screen always."""
    if screen.journey.kind is JourneyKind.HALL or side is Side.PATIENT:
        return True
    return screen.journey.step in PATIENTS_OWN and not is_watched(screen, side)
