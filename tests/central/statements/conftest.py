from __future__ import annotations

import pytest

from central.ledger.standing import Word
from tests.central.money_rig import (
    MoneyRig,
    money,  # noqa: F401 - a fixture is found by its name here
)


@pytest.fixture
def november(money: MoneyRig) -> MoneyRig:  # noqa: F811 - the fixture above
    """Three openings of November, of which one is held; it is December."""
    terminal = money.terminal()
    for person in (1, 2, 3):
        money.enrol(terminal, person)
    money.amend(3, Word.HELD, "hand-look")
    money.at("2018-12-05T09:00:00+00:00")
    return money
