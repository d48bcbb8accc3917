"""A slip torn in the printer, followed home: its code dies, the one on the next slip opens, nothing is paid twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from central.audit.models import audit_entries
from central.enrolments.models import dossiers, waiting_facts
from central.ledger.models import ledger_entries
from kiosk.enrolment.steps import Step
from tests.fakes.paper import READY, SILENT, TORN
from tests.faults.chain import Chain
from wire.batch import Outcome
from wire.status import PersonStatus

NEW = (Outcome.DURABLE_NEW, None)


@pytest.fixture
def chain(tmp_path: Path) -> Iterator[Chain]:
    made = Chain(tmp_path)
    yield made
    made.close()


def assert_opened_once_and_paid_once(chain: Chain, *, reissues: int) -> None:
    """One dossier, one euro, and for each change of state one entry."""
    assert chain.central.count(dossiers) == 1
    assert [row.cents for row in chain.central.rows(ledger_entries)] == [100]
    tags = Counter(row.tag for row in chain.central.rows(audit_entries))
    assert tags["dossier:opened"] == 1
    assert tags["dossier:code_reissued"] == reissues
    assert chain.central.recount().agrees


@pytest.mark.parametrize("outcome", [TORN, SILENT])
def test_the_torn_slips_code_dies_and_the_next_one_opens(chain: Chain, outcome: object) -> None:
    chain.up_to_the_paper(READY, outcome)
    chain.print_again()
    assert set(chain.send()) == {NEW}
    chain.hand_over()
    chain.vault.guard()
    torn, whole = chain.codes
    assert chain.activate(torn) == "void"
    assert chain.activate(whole) == "activated"
    chain.hand_over()
    assert_opened_once_and_paid_once(chain, reissues=1)


def test_every_code_but_the_last_of_a_visit_is_dead(chain: Chain) -> None:
    chain.up_to_the_paper(READY, TORN)
    chain.print_again(TORN)
    chain.print_again(SILENT)
    chain.print_again()
    chain.send()
    chain.hand_over()
    chain.vault.guard()
    *dead, whole = chain.codes
    assert [chain.activate(code) for code in dead] == ["void"] * 3
    assert chain.activate(whole) == "activated"
    assert_opened_once_and_paid_once(chain, reissues=3)


def test_a_new_code_that_arrives_before_its_opening_waits_for_it(chain: Chain) -> None:
    chain.up_to_the_paper(READY, TORN)
    chain.print_again()
    opening, of_a, of_b, reissue, of_next = chain.records()
    assert chain.send(reissue) == [(Outcome.DURABLE_NEW, "no_dossier")]
    chain.hand_over()
    assert chain.activate(chain.codes[1]) == "not_yet_transmitted"
    chain.send(opening, of_a, of_b, reissue, of_next)
    chain.hand_over()
    chain.vault.guard()
    torn, whole = chain.codes
    assert chain.activate(torn) == "void"
    assert chain.activate(whole) == "activated"
    assert chain.central.count(waiting_facts) == 0
    assert_opened_once_and_paid_once(chain, reissues=1)


def test_a_second_enrolment_whose_slip_is_torn_opens_nothing_and_only_its_last_code_is_good(chain: Chain) -> None:
    chain.up_to_the_paper()
    chain.counter.desk.word = PersonStatus.UNKNOWN  # without a line nobody knows of the dossier
    chain.up_to_the_paper(READY, TORN)
    chain.print_again()
    outcomes = chain.send()
    assert outcomes.count((Outcome.DURABLE_NEW, "second_enrolment")) == 1
    chain.hand_over()
    chain.vault.guard()
    first, torn, whole = chain.codes
    assert [chain.activate(first), chain.activate(torn)] == ["void"] * 2
    assert chain.activate(whole) == "activated"
    assert_opened_once_and_paid_once(chain, reissues=1)


def test_a_torn_code_for_an_account_that_is_somebodys_is_never_good(chain: Chain) -> None:
    chain.up_to_the_paper()
    chain.send()
    chain.hand_over()
    assert chain.activate(chain.codes[0]) == "activated"
    chain.counter.desk.word = PersonStatus.ACTIVE
    chain.up_to_the_paper(READY, TORN)
    chain.print_again()
    chain.send()
    chain.hand_over()
    chain.vault.guard()
    _, torn, whole = chain.codes
    assert [chain.activate(torn), chain.activate(whole)] == ["void", "waiting_guard"]
    chain.vault.clock.pass_by(hours=25)
    chain.vault.guard()
    assert chain.activate(torn) == "void"
    assert chain.activate(whole) == "activated"


def test_a_torn_code_is_not_good_for_the_hours_by_which_the_next_one_came_later(chain: Chain) -> None:
    chain.up_to_the_paper()
    chain.send()
    chain.hand_over()
    assert chain.activate(chain.codes[0]) == "activated"
    chain.counter.desk.word = PersonStatus.ACTIVE
    chain.up_to_the_paper(READY, TORN)
    chain.send()
    chain.hand_over()
    chain.vault.clock.pass_by(hours=5)  # the line was cut while the roll was changed
    chain.print_again()
    chain.send()
    chain.hand_over()
    chain.vault.clock.pass_by(hours=20)
    chain.vault.guard()
    _, torn, whole = chain.codes
    assert chain.activate(torn) == "void"
    assert chain.activate(whole) == "waiting_guard"


def test_who_goes_without_leaves_no_good_code_in_the_printer(chain: Chain) -> None:
    chain.up_to_the_paper(READY, TORN)
    chain.counter.session.paper_settled(chain.counter.touch())
    assert chain.counter.step is Step.DONE
    chain.send()
    chain.hand_over()
    chain.vault.guard()
    assert chain.activate(chain.codes[0]) == "void"
    assert_opened_once_and_paid_once(chain, reissues=1)
