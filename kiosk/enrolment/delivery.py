"""From a confirmed journey to durable record to paper, in the one order that invariant 1 allows.

1. facts and keys are made in memory; 2. ``store.add`` commits them with fsync; 3. only then do slips exist;
4. each slip: journal ``rendered``, ``printing``, paper, journal ``printed|unknown|failed``, a record of the outcome.
The slips (and so the code) are held by whoever holds the :class:`Opening`, until they are settled.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

from kiosk.enrolment.collaborators import Collaborators
from kiosk.enrolment.errors import StoreError
from kiosk.enrolment.evidence import enrolment_facts, slip_outcome
from kiosk.enrolment.journey import Journey
from kiosk.enrolment.ports import PrintOutcome, PrintResult, RecordDraft
from kiosk.enrolment.slip import Slip
from kiosk.enrolment.slips import SlipFactsShown, acknowledgement, activation
from wire.dossier_keys import EmergencyChoices, make_vault_part
from wire.evidence import Question
from wire.failpoints import Failpoint
from wire.identifiers import RecordId
from wire.records import RecordKind

RENDERED = "rendered"
PRINTING = "printing"


@dataclass(frozen=True, slots=True, repr=False)
class Opening:
    """An enrolment that is durable, and its slips. Silent in ``repr``: a slip bears the code."""

    record_id: RecordId
    slips: tuple[Slip, ...]

    def __repr__(self) -> str:
        return f"Opening({len(self.slips)} slips)"


def commit(journey: Journey, words: dict[str, str], tools: Collaborators) -> Opening:
    """Make the record, wait until it is on disk, and only then make the slips.

    The dossier's private key lives in this call only; the code lives on in slip B.

    Raises:
        StepError: the journey lacks evidence (:func:`kiosk.enrolment.evidence.enrolment_facts`).
        NotReadyError: the terminal was revoked or its keys ran out meanwhile.
        StoreError: nothing was kept.
    """
    at = tools.clock()
    place = tools.whereabouts.current()
    record_id = RecordId.new(at)
    facts = enrolment_facts(journey, place)
    slip_secrets = tools.make_slip_secrets() if facts.activation_slip else None
    choices = EmergencyChoices(
        break_glass=journey.answer_to(Question.BREAK_GLASS) is True,
        centre_15=journey.answer_to(Question.CENTRE_15) is True,
    )
    vault = make_vault_part(tools.make_dossier_key(), record_id, place.terminal, place.trust, choices, slip_secrets)
    tools.store.add(RecordDraft(record_id, RecordKind.ENROLMENT, at, facts, vault))
    shown = SlipFactsShown(record_id, at, place, facts)
    slips = [acknowledgement(shown, words)]
    if slip_secrets is not None:
        slips.append(activation(shown, *slip_secrets, words))
    return Opening(record_id, tuple(slips))


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
    with contextlib.suppress(StoreError):
        tools.journal.settle(record_id, slip.kind, slip.copy_number, state, tools.clock())


def _add_outcome(record_id: RecordId, slip: Slip, result: PrintResult, tools: Collaborators) -> None:
    # Lost only when the disk is full: central then knows the enrolment and not its paper, as after a power cut.
    with contextlib.suppress(StoreError):
        tools.store.add(slip_outcome(record_id, slip.kind.value, slip.copy_number, result.value, tools.clock()))
