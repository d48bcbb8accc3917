"""From central's signed answer to what the terminal does with each record: pure.

Nothing is forgotten but what the answer calls durable by the very hash that was sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kiosk.sync.errors import AnswerError
from kiosk.sync.outbox import StoredRecord
from wire.batch import QUARANTINED, BatchAnswer, Outcome, RecordOutcome

PENDING_DEFAULT_S = 60.0
"""Wait of a pending record for which central named no time, or of one the answer does not mention."""

_PENDING_BOUNDS_S = (1.0, 3600.0)  # whatever central says: not at once, and not longer than an hour
_DURABLE = frozenset({Outcome.DURABLE_NEW, Outcome.DURABLE_ALREADY})
_CODE_LENGTH = 64  # of a code shown to the operator


@dataclass(frozen=True, slots=True)
class Settlement:
    """What to do, by sequence: forget, put aside with a code, or try again after so many seconds.

    ``has_quarantined``: central keeps a record, but out of the way: a reason to ask whether this terminal may go on.
    """

    forget: tuple[int, ...]
    reject: dict[int, str]
    postpone_s: dict[int, float]
    has_quarantined: bool


def settle(sent: Sequence[StoredRecord], answer: BatchAnswer) -> Settlement:
    """Match outcomes to what was sent, by hash.

    Steps:

    1. no hash stands twice in the answer with different outcomes;
    2. at least one record that was sent is named: an answer about nothing is no answer;
    3. a record that is not named is postponed, never forgotten; an outcome for a hash that was not sent is ignored.

    Not checked here: the signature and the batch's digest (:func:`wire.batch.open_answer` has).

    Raises:
        AnswerError: step 1 or 2.
    """
    outcomes: dict[bytes, RecordOutcome] = {}
    for outcome in answer.outcomes:
        if outcomes.setdefault(outcome.record_hash, outcome).outcome is not outcome.outcome:
            raise AnswerError("the answer contradicts itself about one record", code="answer_contradicts")  # 1
    if not any(record.hash in outcomes for record in sent):
        raise AnswerError("the answer names none of the records that were sent", code="answer_empty")  # 2
    forget: list[int] = []
    reject: dict[int, str] = {}
    postpone: dict[int, float] = {}
    for record in sent:
        outcome_of = outcomes.get(record.hash)
        if outcome_of is not None and outcome_of.outcome in _DURABLE:
            forget.append(record.sequence)
        elif outcome_of is not None and outcome_of.outcome is Outcome.REJECTED:
            reject[record.sequence] = (outcome_of.code or "rejected")[:_CODE_LENGTH]
        else:
            postpone[record.sequence] = _wait_s(outcome_of, answer.server_ms)  # 3
    quarantined = any(one.code == QUARANTINED for one in answer.outcomes)
    return Settlement(tuple(forget), reject, postpone, quarantined)


def _wait_s(outcome: RecordOutcome | None, server_ms: int) -> float:
    if outcome is None or outcome.retry_ms is None:
        return PENDING_DEFAULT_S
    shortest, longest = _PENDING_BOUNDS_S
    # Both times are by central's clock, so the terminal's does not matter.
    return min(longest, max(shortest, (outcome.retry_ms - server_ms) / 1000))
