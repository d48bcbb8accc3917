"""The scenes are what pictures, axe and overflow tests look at: a screen without one would be looked at by nobody."""

from __future__ import annotations

from kiosk.enrolment.steps import JourneyKind, Step
from tests.fakes.enrolment_rig import EnrolmentRig
from tests.fakes.programme import Programme
from tests.fakes.scenes import SCENES


def _shown(kind: JourneyKind, name: str, programme: Programme) -> Step:
    rig = EnrolmentRig(kind, programme)
    SCENES[kind][name](rig)
    return rig.step


def test_every_screen_has_a_scene() -> None:
    programme = Programme()
    shown = {_shown(kind, name, programme) for kind, scenes in SCENES.items() for name in scenes}
    assert set(Step) - shown == set()
