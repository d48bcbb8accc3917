"""Whatever order the facts about one person come in: one dossier, one bonus, the latest word (invariants 2, 8, 9)."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from central.automatic.worker import OpeningsWorker
from central.enrolments.models import dossiers
from central.ledger.models import ledger_entries
from tests.central.intake_rig import ARRIVAL, IntakeRig
from tests.fakes.databases import examples
from tests.fakes.terminal import LAUNCH, FakeTerminal
from wire.configuration import Regime
from wire.evidence import Question

KINDS = (
    "enrolment",
    "reactivation",
    "code_reissue",
    "consent_change",
    "contact_change",
    "closure_request",
    "opposition",
)
# (terminal, kind, refuses break-the-glass, refuses centre 15); the place in the list is the hour it happened in.
Fact = tuple[int, str, bool, bool]
FACTS = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from(KINDS), st.booleans(), st.booleans()), min_size=1, max_size=7
)
# (terminal, first record, number of records): resent, reordered, cut.
SENDS = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 6), st.integers(1, 4)), max_size=8)


def make(rig: IntakeRig, facts: list[Fact]) -> list[FakeTerminal]:
    terminals = [rig.terminal(f"T-PHARM-{number}") for number in range(3)]
    for hour, (number, kind, no_glass, no_centre) in enumerate(facts):
        at = LAUNCH + timedelta(minutes=hour)
        if kind == "opposition":
            terminals[number].come_back(kind, 1, at=at)
            continue
        said = {Question.BREAK_GLASS: not no_glass, Question.CENTRE_15: not no_centre}
        asks = kind in {"enrolment", "reactivation", "consent_change"}
        changes = {"accepted": said} if asks else {}
        if kind == "enrolment":
            terminals[number].enrol(1, at=at, **changes)
        else:
            terminals[number].come_back(kind, 1, at=at, **changes)
    return terminals


def send_anyhow(rig: IntakeRig, terminals: list[FakeTerminal], sends: list[tuple[int, int, int]]) -> None:
    for step, (number, first, count) in enumerate(sends):
        part = terminals[number].made[first : first + count]
        if part:
            rig.send(terminals[number], *part, at=ARRIVAL + timedelta(minutes=step))
    for day, terminal in enumerate(terminals):
        if terminal.made:
            rig.send(terminal, at=ARRIVAL + timedelta(days=1 + day))


def latest_word(facts: list[Fact], place: int) -> bool:
    """Whether an access ends up refused: an enrolment's yes is no grant, every other word is; the last one holds."""
    refused = False
    for fact in facts:
        if fact[1] in {"reactivation", "consent_change"} or (fact[1] == "enrolment" and fact[place]):
            refused = fact[place]
    return refused


@settings(max_examples=examples(80), deadline=None)
@given(facts=FACTS, sends=SENDS, opts_out=st.booleans())
def test_any_interleaving_of_returns_leaves_one_dossier_one_bonus_and_the_latest_words(
    facts: list[Fact], sends: list[tuple[int, int, int]], *, opts_out: bool
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        regime = Regime.OPT_OUT if opts_out else Regime.OPT_IN
        rig = IntakeRig(Path(folder), shards=2, regime=regime)
        terminals = make(rig, facts)
        send_anyhow(rig, terminals, sends)
        report = rig.recount()
        assert report.agrees, report.lines()
        enrolled = any(kind == "enrolment" for _, kind, _, _ in facts)
        opened = rig.rows(dossiers)
        assert len(opened) == rig.count(ledger_entries) == int(enrolled)
        again = rig.rows(dossiers)
        for terminal in terminals:
            if terminal.made:
                rig.send(terminal, at=ARRIVAL + timedelta(days=30))
        OpeningsWorker(rig.parts, lambda: ARRIVAL + timedelta(days=31)).round()
        assert rig.rows(dossiers) == again
        if enrolled and not set_aside(facts):
            assert (opened[0].break_glass_refused, opened[0].centre_15_refused) == (
                latest_word(facts, 2),
                latest_word(facts, 3),
            )
            assert (opened[0].state == "closed") == closed_last(facts)
        rig.close()


def set_aside(facts: list[Fact]) -> bool:
    """Whether an enrolment may meet a closed dossier: it is then set aside for a person, and its words with it."""
    kinds = [kind for _, kind, _, _ in facts]
    return "closure_request" in kinds and kinds.count("enrolment") > 1


def closed_last(facts: list[Fact]) -> bool:
    """Whether the last word about open or closed is a closure."""
    words = [kind for _, kind, _, _ in facts if kind in {"enrolment", "reactivation", "closure_request"}]
    return words[-1] == "closure_request"
