from __future__ import annotations

import pytest

from central.statements.standing import Statement, StatementState, Word

STATED, PAID = {"word": Word.STATED, "owed": 300}, {"word": Word.PAID, "paid": 300}
BACK, CONTESTED, SETTLED = {"word": Word.RETURNED, "paid": -300}, {"word": Word.CONTESTED}, {"word": Word.SETTLED}


@pytest.mark.parametrize(
    ("steps", "state", "open_cents"),
    [
        ((STATED,), StatementState.STATED, 300),
        ((STATED, PAID), StatementState.PAID, 0),
        ((STATED, PAID, BACK), StatementState.STATED, 300),
        ((STATED, CONTESTED), StatementState.CONTESTED, 300),
        ((STATED, CONTESTED, SETTLED), StatementState.STATED, 300),
        ((STATED, PAID, CONTESTED), StatementState.CONTESTED, 0),
        ((STATED, PAID, CONTESTED, SETTLED), StatementState.PAID, 0),
    ],
)
def test_a_statement_is_what_was_said_of_it(
    steps: tuple[dict[str, object], ...], state: StatementState, open_cents: int
) -> None:
    statement = Statement()
    for step in steps:
        statement = statement.after(**step)  # type: ignore[arg-type]
    assert (statement.state, statement.open_cents) == (state, open_cents)
