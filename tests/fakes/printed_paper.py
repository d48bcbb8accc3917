"""The paper that a slip becomes on a simulated printer of one model, without any way in between."""

from __future__ import annotations

import functools

from kiosk.enrolment.slip import Slip
from kiosk.printer.layout import SlipLayout
from kiosk.printer.profile import Cut, PrinterProfile
from kiosk.printer.simulator.mechanism import Mechanism
from kiosk.printer.simulator.paper import Paper

TORN_OFF = b"\x1dV\x00"  # a hand does what a printer without a knife cannot


@functools.cache
def _layout(profile: PrinterProfile) -> SlipLayout:
    return SlipLayout(profile)


def paper_of(slip: Slip, profile: PrinterProfile, *, printed_by: PrinterProfile | None = None) -> Paper:
    """One piece of paper, complete; ``printed_by`` another model than the one it was laid out for."""
    mechanism = Mechanism(printed_by or profile)
    mechanism.receive(_layout(profile).lay_out(slip), now=0.0)
    if profile.cut is Cut.NONE and not mechanism.papers:
        mechanism.receive(TORN_OFF, now=0.0)
    (paper,) = mechanism.papers
    return paper
