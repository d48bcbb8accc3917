"""Invariant 4: no dossier without the consent evidence, and never without the identity check."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.fakes.drafts import enrolment
from tests.town.forger import Forger, without
from tests.town.town import HALL, PHARMACY, Town
from tests.town.visitor import Wishes
from wire.batch import Outcome
from wire.evidence import IdentityCheck, Question, TextShown
from wire.identifiers import RecordId

pytestmark = pytest.mark.processes

NOTHING_SHOWN = TextShown(text_id="", version="", language="", sha256=b"", shown_ms=0)
NOBODY = IdentityCheck(operator="", role="", method="", statement=NOTHING_SHOWN, checked_ms=0)


def lacking(facts: Any, what: str) -> Any:
    """Facts of an enrolment from which one piece of evidence is missing."""
    if what == "notice":
        return without(facts, notice=NOTHING_SHOWN)
    if what == "identity check":
        return without(facts, identity_check=NOBODY)
    if what == "consent":
        refused = tuple(
            without(one, accepted=False) if one.question is Question.CREATION else one for one in facts.answers
        )
        return without(facts, answers=refused)
    missing = Question(what)
    return without(facts, answers=tuple(one for one in facts.answers if one.question is not missing))


@pytest.fixture(scope="module")
def forger(town: Town) -> Forger:
    town.start(terminals=False)
    return Forger(town, HALL)


@pytest.mark.parametrize("what", ["notice", "identity check", "consent", "creation", "break_glass", "centre_15"])
def test_invariant_04_central_opens_nothing_when_evidence_is_missing(town: Town, forger: Forger, what: str) -> None:
    draft = enrolment(datetime.now(UTC), forger.terminal, forger.trust)
    record = forger.record(
        "enrolment", lacking(draft.administrative, what), draft.vault, record_id=RecordId(draft.record_id.value)
    )
    outcome = forger.send(record)[0]
    assert outcome.outcome is Outcome.DURABLE_NEW
    assert outcome.code == "quarantined"
    assert town.at_central("SELECT count(*) FROM dossiers") == [(0,)]


def test_invariant_04_with_all_evidence_the_same_facts_open_a_dossier(town: Town, forger: Forger) -> None:
    draft = enrolment(datetime.now(UTC), forger.terminal, forger.trust)
    outcome = forger.send(forger.record("enrolment", draft.administrative, draft.vault, record_id=draft.record_id))[0]
    assert (outcome.outcome, outcome.code) == (Outcome.DURABLE_NEW, None)
    assert town.at_central("SELECT count(*) FROM dossiers") == [(1,)]


@pytest.mark.parametrize("what", ["confirm", "attest", "answer", "notice"])
def test_invariant_04_no_touch_forced_out_of_turn_creates_anything(town: Town, what: str) -> None:
    if town.pharmacy.is_dead():
        town.pharmacy.start()
    visitor = town.visit(PHARMACY)
    visitor.up_to_confirmation("crowd-40", Wishes(email="canari@exemple.fr"))
    visitor.pull()
    visitor.wait_for("attract", "take_card", "stopped")
    before = town.at_terminal(PHARMACY, "SELECT count(*) FROM records")
    visitor.up_to_notice("crowd-41")
    visitor.touch(what, on="confirm", accepted="yes", end_reached="1", pin=PHARMACY.pin, statement_0="1")
    visitor.touch(what, accepted="yes", pin=PHARMACY.pin, statement_0="1", statement_1="1", method="document")
    visitor.touch("confirm", on="confirm")
    visitor.touch("confirm", on="identity")
    visitor.pull()
    visitor.wait_for("attract", "take_card", "stopped")
    assert town.at_terminal(PHARMACY, "SELECT count(*) FROM records") == before


def test_invariant_04_a_wrong_pin_attests_nothing(town: Town) -> None:
    town.hall.start()
    visitor = town.visit(HALL)
    visitor.up_to("identity", card="crowd-42", wishes=Wishes(email="canari@exemple.fr"))
    visitor.touch("attest", statement_0="1", statement_1="1", method=visitor.method(), pin="000000")
    assert visitor.step() == "identity"
    visitor.touch("confirm", on="confirm")
    visitor.pull()
    visitor.wait_for("attract", "take_card", "stopped")
    assert town.at_terminal(HALL, "SELECT count(*) FROM records") == [(0,)]


def test_invariant_04_the_evidence_says_which_words_were_shown_when_and_who_attested(town: Town) -> None:
    visitor = town.visit(PHARMACY)
    assert visitor.enrol("crowd-43", Wishes(email="canari@exemple.fr", centre_15=False)) == "done"
    town.wait_until_all_is_sent(PHARMACY)
    ((evidence,),) = town.at_central(
        "SELECT evidence FROM consents JOIN dossiers USING (dossier_id) WHERE terminal_id = ?", PHARMACY.terminal
    )
    import msgspec  # noqa: PLC0415 - only to look into the stored evidence from outside

    stored = msgspec.msgpack.decode(evidence)
    assert stored["notice"]["version"]
    assert stored["notice"]["language"] == "fr"
    assert len(stored["notice"]["sha256"]) == 32
    assert {one["question"]: one["accepted"] for one in stored["answers"]} == {
        "creation": True,
        "break_glass": True,
        "centre_15": False,
        "consultation": False,
        "feeding": True,
    }
    assert stored["identity_check"]["operator"] == PHARMACY.operator
