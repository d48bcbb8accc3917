"""Invariant 9, whatever happens in whatever order, and whoever adds it up."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from central.abuse.verdicts import Verdict
from central.engine import in_transaction
from central.errors import AlreadyThereError, NotFoundError, SetupError
from central.ledger.standing import Word
from central.payments.ordering import came_back
from central.statements.closing import Disputed, contest, settle
from tests.central.intake_rig import PHARMACY
from tests.central.money_rig import BY, MoneyRig
from tests.fakes.databases import examples
from tests.fakes.terminal import FakeTerminal
from wire.handover import HandOverOutcome

PERSONS = st.integers(0, 4)
DAYS = st.integers(0, 40)
STEP = st.one_of(
    st.tuples(st.just("enrol"), PERSONS, st.integers(0, 1)),
    st.tuples(st.just("enrol_unknown_operator"), PERSONS, st.integers(0, 1)),
    st.tuples(st.just("send_again"), st.integers(0, 1)),
    st.tuples(st.just("annul"), PERSONS),
    st.tuples(st.just("vault_refuses"), PERSONS),
    st.tuples(st.just("hand_over_again")),
    st.tuples(st.just("hold"), PERSONS, st.sampled_from(["a", "b"])),
    st.tuples(st.just("release"), PERSONS, st.sampled_from(["a", "b"])),
    st.tuples(st.just("suspect"), PERSONS, PERSONS),
    st.tuples(st.just("decide"), st.sampled_from([Verdict.CLEARED, Verdict.CONFIRMED])),
    st.tuples(st.just("rules"), st.sampled_from([50, 100, 150]), st.sampled_from(["2018-11-20", "2019-01-01"])),
    st.tuples(st.just("close")),
    st.tuples(st.just("pay")),
    st.tuples(st.just("bank_returns")),
    st.tuples(st.just("dispute")),
)


class Story:
    """Carries out steps, and keeps in its own way what each person's opening must be worth."""

    def __init__(self, rig: MoneyRig) -> None:
        self.rig = rig
        self.terminals: list[FakeTerminal] = [rig.terminal("T-PHARM-1"), rig.terminal("T-PHARM-2")]
        self.days: dict[int, str] = {}  # person → day of the opening
        self.annulled: set[int] = set()
        self.refused: set[int] = set()
        self.confirmed: set[int] = set()
        self.cases: list[tuple[bytes, set[int]]] = []
        self.looked_at: set[int] = set()
        self.payments: list[str] = []
        rig.account()

    def do(self, name: str, *arguments: Any) -> None:
        act: Callable[..., None] = getattr(self, f"_{name}")
        act(*arguments)

    def worth(self) -> int:
        """The model: the rate of the day, unless something took it away."""
        lost = self.annulled | self.refused | self.confirmed
        rules = (self.rig.rules.for_opening("pharmacy", day) for person, day in self.days.items() if person not in lost)
        return sum(0 if rule is None else rule.cents for rule in rules)

    def _enrol(self, person: int, terminal: int, **changes: Any) -> None:
        is_new = person not in self.rig.opened
        self.rig.enrol(self.terminals[terminal], person, **changes)
        if is_new:
            self.days[person] = self.rig.now.date().isoformat()

    def _enrol_unknown_operator(self, person: int, terminal: int) -> None:
        self._enrol(person, terminal, operator="NOBODY-1")

    def _send_again(self, terminal: int) -> None:
        if self.terminals[terminal].made:
            self.rig.send(self.terminals[terminal], at=self.rig.now)

    def _annul(self, person: int) -> None:
        if person in self.days:
            try:
                self.rig.annul(person)
            except AlreadyThereError:
                assert person in self.annulled
            self.annulled.add(person)

    def _vault_refuses(self, person: int) -> None:
        if person in self.days and self._opening_waits(person):
            self.rig.vault_says(person, HandOverOutcome.REFUSED)
            self.refused.add(person)

    def _opening_waits(self, person: int) -> bool:
        waiting = self.rig.waiting(person)
        return bool(waiting) and waiting[0] == "open"

    def _hand_over_again(self) -> None:
        self.rig.send_again()
        self.refused.clear()

    def _hold(self, person: int, reason: str) -> None:
        if person in self.days:
            self.rig.amend(person, Word.HELD, reason)

    def _release(self, person: int, reason: str) -> None:
        if person in self.days:
            self.rig.amend(person, Word.RELEASED, reason)

    def _suspect(self, *persons: int) -> None:
        known = {person for person in persons if person in self.days}
        if known and (case := self.rig.suspect(*sorted(known))):
            self.cases.append((case, known - self.looked_at))
            self.looked_at |= known

    def _decide(self, verdict: Verdict) -> None:
        if not self.cases:
            return
        case, persons = self.cases.pop(0)
        self.rig.decide(case, verdict)
        if verdict is Verdict.CONFIRMED:
            self.confirmed |= persons

    def _rules(self, cents: int, first: str) -> None:
        self.rig.new_rules(cents, first)

    def _close(self) -> None:
        self.rig.close_months()

    def _pay(self) -> None:
        with suppress(NotFoundError, SetupError):  # nobody is owed anything, or nothing is closed
            self.payments.append(self.rig.pay(self.rig.closed_upto()).payment_id)

    def _bank_returns(self) -> None:
        for payment in self.payments:
            try:
                in_transaction(
                    self.rig.engine,
                    lambda connection, payment=payment: came_back(  # type: ignore[misc]
                        connection,
                        payment,
                        PHARMACY,
                        because="account_closed",
                        by=BY,
                        shards=self.rig.shards,
                        at_ms=self.rig.now_ms,
                    ),
                )
            except AlreadyThereError:
                continue
            return

    def _dispute(self) -> None:
        month = self.rig.closed_upto()
        for act in (contest, settle):
            try:
                in_transaction(
                    self.rig.engine,
                    lambda connection, act=act: act(  # type: ignore[misc]
                        connection,
                        Disputed(PHARMACY, month, "sums", BY),
                        shards=self.rig.shards,
                        at_ms=self.rig.now_ms,
                    ),
                )
            except (NotFoundError, AlreadyThereError):
                continue
            return


@settings(max_examples=examples(40), deadline=None)
@given(steps=st.lists(st.tuples(DAYS, STEP), min_size=1, max_size=14))
def test_the_ledger_is_openings_times_rates_and_every_statement_what_was_booked(
    steps: list[tuple[int, tuple[Any, ...]]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        rig = MoneyRig(Path(folder), shards=2)
        story = Story(rig)
        stated: dict[tuple[str, str], int] = {}
        for days, step in steps:
            rig.pass_by(days)
            story.do(*step)
            now = rig.statements()
            assert {key: now[key] for key in stated} == stated, "a closed month changed"
            stated = now
        sums = rig.check_everything()
        assert sums["cents_earned"] == story.worth()
        assert 0 <= sums["cents_to_pay"] <= sums["cents_earned"]
        rig.close()
