"""From a confirmed journey to durable record to paper, in the one order that invariant 1 allows.

1. facts and keys are made in memory; 2. ``store.add`` commits them with fsync; 3. only then do slips exist;
4. each slip: journal ``rendered``, ``printing``, paper, journal ``printed|unknown|failed``, a record of the outcome.
The slips (and so the code) are held by whoever holds the :class:`Opening`, until they are settled. The leaflet and the
slip after a "no" belong to no record: nothing is noted of them.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

from kiosk.enrolment.collaborators import Collaborators
from kiosk.enrolment.drafting import Drawn, draft
from kiosk.enrolment.errors import StoreError
from kiosk.enrolment.evidence import slip_outcome
from kiosk.enrolment.journey import Journey
from kiosk.enrolment.place import TerminalPlace
from kiosk.enrolment.ports import PrintOutcome, PrintResult, RecordDraft
from kiosk.enrolment.slip import OF_A_RECORD, Slip
from kiosk.enrolment.slips import SlipFactsShown, acknowledgement, activation, leaflet
from kiosk.enrolment.texts import Texts
from wire.facts import SlipFacts
from wire.failpoints import Failpoint
from wire.identifiers import RecordId

RENDERED = "rendered"
PRINTING = "printing"


@dataclass(frozen=True, slots=True, repr=False)
class Opening:
    """A record that is durable, and its slips. Silent in ``repr``: a slip bears the code."""

    record_id: RecordId
    slips: tuple[Slip, ...]

    def __repr__(self) -> str:
        return f"Opening({len(self.slips)} slips)"


def commit(journey: Journey, paper: Texts, language: str, tools: Collaborators) -> Opening:
    """Make the record, wait until it is on disk, and only then make the slips.

    The dossier's private key lives in this call only; the code lives on in slip B. ``paper`` are the words of the
    slips, ``language`` is the person's own.

    Raises:
        StepError: the journey lacks evidence (:func:`kiosk.enrolment.drafting.draft`).
        NotReadyError: the terminal was revoked or its keys ran out meanwhile.
        StoreError: nothing was kept.
    """
    at = tools.clock()
    place = tools.whereabouts.current()
    secrets = tools.make_slip_secrets() if journey.activation_slip else None
    drawn = Drawn(RecordId.new(at), tools.make_dossier_key(), secrets)
    made = draft(journey, place, at, drawn, language)
    tools.store.add(made)
    return Opening(made.record_id, _slips(journey, made, drawn, paper, place))


def print_slip(record_id: RecordId, slip: Slip, tools: Collaborators) -> PrintOutcome:
    """Print one slip of a durable record and note what became of it; never raises for paper or for its book-keeping."""
    note(record_id, slip, PRINTING, tools)
    tools.reach(Failpoint.PRINT_BEFORE)
    outcome = tools.printer.print(slip)
    tools.reach(Failpoint.PRINT_AFTER)
    note(record_id, slip, outcome.result.value, tools)
    _add_outcome(record_id, slip, outcome.result, tools)
    return outcome


def note(record_id: RecordId, slip: Slip, state: str, tools: Collaborators) -> None:
    """Write one line of the slip journal.

    A journal that cannot be written (disk full just now) must not keep the paper from somebody whose record is
    durable; the next start finds the slip unsettled, which is the truth.
    """
    if slip.kind not in OF_A_RECORD:
        return
    with contextlib.suppress(StoreError):
        tools.journal.settle(record_id, slip.kind, slip.copy_number, state, tools.clock())


def _slips(journey: Journey, made: RecordDraft, drawn: Drawn, paper: Texts, place: TerminalPlace) -> tuple[Slip, ...]:
    facts = made.administrative
    assert facts is not None
    assert not isinstance(facts, SlipFacts)
    shown = SlipFactsShown(made.record_id, made.captured_at, place, facts)
    slips = [acknowledgement(shown, paper.slips)]
    if drawn.slip is not None:
        slips.append(activation(shown, *drawn.slip, paper.slips))
    if journey.leaflet:
        slips.append(leaflet(paper.evidence["leaflet_minor"]))
    return tuple(slips)


def _add_outcome(record_id: RecordId, slip: Slip, result: PrintResult, tools: Collaborators) -> None:
    if slip.kind not in OF_A_RECORD:
        return
    # Lost only when the disk is full: central then knows the record and not its paper, as after a power cut.
    with contextlib.suppress(StoreError):
        tools.store.add(slip_outcome(record_id, slip.kind.value, slip.copy_number, result.value, tools.clock()))
