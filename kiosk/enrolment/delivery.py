"""From a confirmed journey to durable record to paper, in the one order that invariant 1 allows.

1. facts and keys are made in memory; 2. ``store.add`` commits them with fsync; 3. only then do slips exist;
4. each slip: journal ``rendered``, ``printing``, paper, journal ``printed|unknown|failed``, a record of the outcome.
The slips (and so the code) are held by whoever holds the :class:`Opening`, until they are settled; so is what a new
code of the same visit is made of. A new code goes the same way, 1 to 4, before its slip; its slip is a copy of the
visit's slip B and is noted under the visit's record. The leaflet and the slip after a "no" belong to no record: nothing
is noted of them.
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
from kiosk.enrolment.reissue import ReissueBasis, basis_of, next_basis, reissue, time_after
from kiosk.enrolment.slip import OF_A_RECORD, Slip
from kiosk.enrolment.slips import SlipFactsShown, Words, acknowledgement, activation, activation_anew, leaflet
from kiosk.enrolment.texts import Texts
from wire.codes import ActivationCode, Locator
from wire.facts import SlipFacts
from wire.failpoints import Failpoint
from wire.identifiers import RecordId

RENDERED = "rendered"
PRINTING = "printing"


@dataclass(frozen=True, slots=True, repr=False)
class Opening:
    """A record that is durable, and its slips. Silent in ``repr``: a slip bears the code, the basis a person.

    ``basis`` is what a new code would be made of; None where no slip B belongs to the record. ``is_torn``: the printer
    said no to a slip B that may be on paper in part, and its code lives.
    """

    record_id: RecordId
    slips: tuple[Slip, ...]
    basis: ReissueBasis | None = None
    is_torn: bool = False

    def __repr__(self) -> str:
        return f"Opening({len(self.slips)} slips)"


@dataclass(frozen=True, slots=True, repr=False)
class NewCode:
    """A new code that is durable, before it is a slip."""

    shown: SlipFactsShown
    locator: Locator
    code: ActivationCode

    def slip(self, copy_number: int, words: Words) -> Slip:
        """Its slip B, as that copy of the visit's: it says that the one begun before is void."""
        return activation_anew(self.shown, self.locator, self.code, copy_number, words)


def commit(journey: Journey, paper: Texts, language: str, tools: Collaborators) -> Opening:
    """Make the record, wait until it is on disk, and only then make the slips.

    The dossier's private key lives in this call only; the code lives on in slip B, and who it is for in the basis of
    a new one. ``paper`` are the words of the slips, ``language`` is the person's own.

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
    basis = None if secrets is None else basis_of(made, copies=journey.copies + 1, language=language)
    return Opening(made.record_id, _slips(journey, made, drawn, paper, place), basis)


def commit_new_code(basis: ReissueBasis, tools: Collaborators) -> tuple[ReissueBasis, NewCode]:
    """Make the record of a new code and wait until it is on disk: from here the code before it dies.

    Returns:
        The basis for yet another one, and what its slip is made of.

    Raises:
        NotReadyError: the terminal was revoked or its keys ran out meanwhile.
        StoreError: nothing was kept; the code before stays as it is.
    """
    place = tools.whereabouts.current()
    at = time_after(basis, tools.clock())
    locator, code = tools.make_slip_secrets()
    made = reissue(basis, RecordId.new(at), at, locator, code)
    tools.store.add(made)
    return next_basis(basis, at), NewCode(SlipFactsShown(made.record_id, at, place, basis.facts), locator, code)


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
