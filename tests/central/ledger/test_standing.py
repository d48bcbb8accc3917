"""An amount is the fold of the words about it."""

from __future__ import annotations

import itertools

import pytest

from central.ledger.standing import LedgerState, Standing, Word, correction_reason, fold_rows

HOLD, LIFT = (Word.HELD, "a"), (Word.RELEASED, "a")
TAKE, GIVE = (Word.REVERSED, "v"), (Word.REINSTATED, "v")


def after(*words: tuple[Word, str]) -> Standing:
    standing = Standing(100)
    for word, reason in words:
        standing = standing.after(word, reason)
    return standing


@pytest.mark.parametrize(
    ("words", "state", "earned", "owed"),
    [
        ((), LedgerState.ACCRUED, 100, 100),
        ((HOLD,), LedgerState.HELD, 100, 0),
        ((HOLD, LIFT), LedgerState.ACCRUED, 100, 100),
        ((TAKE,), LedgerState.REVERSED, 0, 0),
        ((HOLD, TAKE), LedgerState.REVERSED, 0, 0),
        ((HOLD, TAKE, GIVE), LedgerState.HELD, 100, 0),
        ((TAKE, GIVE), LedgerState.ACCRUED, 100, 100),
    ],
)
def test_reversed_before_held_before_accrued(
    words: tuple[tuple[Word, str], ...], state: LedgerState, earned: int, owed: int
) -> None:
    standing = after(*words)
    assert (standing.state, standing.earned, standing.owed) == (state, earned, owed)


def test_one_reason_lifted_leaves_the_other() -> None:
    assert after(HOLD, (Word.HELD, "b"), LIFT).state is LedgerState.HELD


def test_what_is_so_already_changes_nothing() -> None:
    assert after(HOLD, HOLD) == after(HOLD)
    assert after(LIFT) == after()


def test_words_of_different_reasons_come_to_the_same_in_any_order() -> None:
    words = (HOLD, TAKE, (Word.HELD, "b"), (Word.CORRECTED, correction_reason(150)))
    assert {after(*order) for order in itertools.permutations(words)} == {after(*words)}


def test_a_correction_names_the_amount_and_not_the_difference() -> None:
    corrected = after(TAKE, (Word.CORRECTED, correction_reason(150)))
    assert (corrected.earned, corrected.after(*GIVE).earned) == (0, 150)


def test_an_opening_may_be_held_from_the_first() -> None:
    entries = [{"entry": "opening", "reason": "operator_unknown", "cents": 100}]
    assert fold_rows(entries) == Standing(100, frozenset({"operator_unknown"}))
