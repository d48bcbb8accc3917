"""A slip B that may be on paper and is not surely whole: its code is never printed again, a new one takes its place."""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from kiosk.enrolment.delivery import Opening
from kiosk.enrolment.errors import StepError
from kiosk.enrolment.ports import PrintOutcome, RecordDraft
from kiosk.enrolment.reissue import MOST_NEW_CODES, ReissueBasis
from kiosk.enrolment.slip import LineRole, Slip, SlipKind
from kiosk.enrolment.steps import JourneyKind, Step
from kiosk.leftovers import settle_leftovers
from tests.fakes.enrolment_rig import EnrolmentRig
from tests.fakes.paper import NO_PAPER, READY, SILENT, TORN
from tests.fakes.programme import Programme
from tests.kiosk.enrolment.whole_evidence import assert_whole_evidence
from wire.codes import ActivationCode
from wire.dossier_keys import code_key
from wire.facts import CodeReissueFacts, SlipFacts
from wire.records import RecordKind
from wire.status import PersonStatus
from wire.vault_parts import VaultChange

PROGRAMME = Programme()
Held = Callable[[type[Any]], list[Any]]
A, B = SlipKind.ACKNOWLEDGEMENT, SlipKind.ACTIVATION


class PowerCut(BaseException):
    """Nothing of ours may catch it."""


@pytest.fixture
def rig() -> EnrolmentRig:
    return EnrolmentRig(JourneyKind.HALL, PROGRAMME)


@pytest.fixture
def held() -> Held:
    """What is referred to at this moment, of all that was made since the test began."""

    def live() -> list[object]:
        gc.collect()
        return [one for one in gc.get_objects() if type(one) in {ReissueBasis, Opening}]

    before = live()
    return lambda kind: [
        one for one in live() if isinstance(one, kind) and not any(one is another for another in before)
    ]


def at_the_paper(rig: EnrolmentRig, *coming: object) -> None:
    """A visit up to the screen that says what is missing."""
    rig.printer.coming = list(coming)  # type: ignore[arg-type]
    rig.go(Step.CONFIRM)
    rig.session.attesting.confirm(rig.touch())
    assert rig.step is Step.PAPER


def again(rig: EnrolmentRig, *coming: object) -> None:
    rig.printer.coming = list(coming)  # type: ignore[arg-type]
    rig.session.print_again(rig.touch())


def reissues(rig: EnrolmentRig) -> list[RecordDraft]:
    return rig.store.of(RecordKind.CODE_REISSUE)


def facts_of(draft: RecordDraft) -> CodeReissueFacts:
    assert isinstance(draft.administrative, CodeReissueFacts)
    return draft.administrative


def outcomes(rig: EnrolmentRig) -> list[tuple[str, int, str]]:
    facts = [draft.administrative for draft in rig.store.of(RecordKind.SLIP_OUTCOME)]
    return [(one.slip, one.copy_number, one.result) for one in facts if isinstance(one, SlipFacts)]


def printed(rig: EnrolmentRig, kind: SlipKind) -> list[Slip]:
    return [slip for slip in rig.printer.given if slip.kind is kind]


def secrets_on(slip: Slip) -> tuple[str, ActivationCode]:
    groups = [line.text for line in slip.lines if line.role is LineRole.CODE]
    return groups[0].replace("-", ""), ActivationCode.parse("".join(groups[1:]))


@pytest.mark.parametrize("outcome", [TORN, SILENT])
def test_printing_again_what_may_be_on_paper_makes_a_new_code(rig: EnrolmentRig, outcome: object) -> None:
    at_the_paper(rig, READY, outcome)
    again(rig)
    assert rig.step is Step.THANKS
    first, second = printed(rig, B)
    assert secrets_on(first)[0] != secrets_on(second)[0]
    assert secrets_on(first)[1] != secrets_on(second)[1]
    assert [slip.copy_number for slip in (first, second)] == [1, 2]
    assert len(rig.store.of(RecordKind.ENROLMENT)) == len(reissues(rig)) == 1


def test_the_vault_gets_the_public_half_of_the_code_on_the_new_slip(rig: EnrolmentRig) -> None:
    at_the_paper(rig, READY, TORN)
    again(rig)
    (made,) = reissues(rig)
    locator, code = secrets_on(printed(rig, B)[-1])
    assert isinstance(made.vault, VaultChange)
    assert made.vault.locator == locator
    assert made.vault.code_public == code_key(code, made.record_id).public_key().public_bytes_raw()
    assert (made.vault.contact, made.vault.is_closed, made.vault.break_glass) == (None, None, None)


def test_the_new_code_is_durable_before_its_slip_is_on_paper(
    rig: EnrolmentRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_the_paper(rig, READY, TORN)
    order: list[str] = []
    add, give = rig.store.add, rig.printer.print
    monkeypatch.setattr(rig.store, "add", lambda draft: (order.append(draft.kind.value), add(draft)))
    monkeypatch.setattr(rig.printer, "print", lambda slip: (order.append(slip.kind.value), give(slip))[1])
    again(rig)
    assert order == ["code_reissue", "B", "slip_outcome"]


def test_the_new_code_bears_the_evidence_of_the_visit_and_no_more(rig: EnrolmentRig) -> None:
    at_the_paper(rig, READY, TORN)
    again(rig)
    (opening,), (made,) = rig.store.of(RecordKind.ENROLMENT), reissues(rig)
    told = facts_of(made)
    assert told.traits == opening.administrative.traits  # type: ignore[union-attr]
    assert told.identity_check == opening.administrative.identity_check  # type: ignore[union-attr]
    assert told.copy_number == 2
    assert_whole_evidence(rig.store.drafts)


def test_the_outcome_of_each_void_slip_is_told(rig: EnrolmentRig) -> None:
    at_the_paper(rig, READY, TORN)
    again(rig, SILENT)
    again(rig)
    assert outcomes(rig) == [("A", 1, "printed"), ("B", 1, "failed"), ("B", 2, "unknown"), ("B", 3, "printed")]
    assert [facts_of(one).copy_number for one in reissues(rig)] == [2, 3]


def test_a_code_of_which_no_byte_left_is_printed_as_it_is(rig: EnrolmentRig) -> None:
    at_the_paper(rig, READY, NO_PAPER)
    again(rig)
    first, second = printed(rig, B)
    assert first.qr == second.qr
    assert reissues(rig) == []


def test_a_new_code_of_which_no_byte_left_is_printed_as_it_is(rig: EnrolmentRig) -> None:
    at_the_paper(rig, READY, TORN)
    again(rig, NO_PAPER)
    again(rig)
    _, second, third = printed(rig, B)
    assert second.qr == third.qr
    assert third.copy_number == 3
    assert len(reissues(rig)) == 1


def test_a_torn_slip_without_a_code_is_printed_as_it_is(rig: EnrolmentRig) -> None:
    at_the_paper(rig, TORN, READY)
    again(rig)
    first, second = printed(rig, A)
    assert second.lines[1:] == first.lines
    assert reissues(rig) == []
    assert len(printed(rig, B)) == 1


def test_both_slips_torn_come_out_in_their_order_the_second_with_a_new_code(rig: EnrolmentRig) -> None:
    at_the_paper(rig, TORN, TORN)
    again(rig)
    assert [(slip.kind, slip.copy_number) for slip in rig.printer.given[2:]] == [(A, 2), (B, 2)]
    assert rig.step is Step.THANKS


def test_the_new_slip_says_that_the_one_before_is_void(rig: EnrolmentRig) -> None:
    at_the_paper(rig, READY, TORN)
    again(rig, NO_PAPER)
    again(rig)
    words = rig.session.texts.slips
    for slip in printed(rig, B)[1:]:
        said = [line.text for line in slip.lines]
        assert words["b_void"] in said
        assert words["copy"].format(number=slip.copy_number) == said[0]
        assert said.count(words["b_void"]) == 1


@pytest.mark.parametrize(
    ("word", "wish", "made"),
    [
        (PersonStatus.CLOSED, 0, RecordKind.REACTIVATION),
        (PersonStatus.ACTIVE, 0, RecordKind.CODE_REISSUE),
        (PersonStatus.NONE, 0, RecordKind.ENROLMENT),
    ],
)
def test_every_visit_that_prints_a_code_can_replace_it(
    rig: EnrolmentRig, word: PersonStatus, wish: int, made: RecordKind
) -> None:
    rig.desk.word, rig.desk.copies, rig.wish = word, 4, wish
    at_the_paper(rig, READY, TORN)
    again(rig)
    last = reissues(rig)[-1]
    assert facts_of(last).copy_number == 6
    assert [draft.kind for draft in rig.store.drafts if draft.vault is not None] == [made, RecordKind.CODE_REISSUE]


def test_a_visit_has_no_more_than_a_few_new_codes(rig: EnrolmentRig) -> None:
    at_the_paper(rig, READY, TORN)
    for _ in range(MOST_NEW_CODES):
        again(rig, TORN)
    with pytest.raises(StepError):
        rig.session.print_again(rig.touch())
    assert len(reissues(rig)) == MOST_NEW_CODES
    assert rig.journey.to_print_again == frozenset()


def test_the_other_slip_is_still_printed_when_no_new_code_is_left(rig: EnrolmentRig) -> None:
    at_the_paper(rig, TORN, TORN)
    for _ in range(MOST_NEW_CODES):
        again(rig, TORN, TORN)
    again(rig)
    assert printed(rig, A)[-1].copy_number == MOST_NEW_CODES + 2
    assert len(printed(rig, B)) == MOST_NEW_CODES + 1
    assert rig.step is Step.PAPER


def test_a_full_disk_makes_no_new_code_prints_none_and_says_so(rig: EnrolmentRig) -> None:
    at_the_paper(rig, READY, TORN)
    rig.store.full = True
    again(rig)
    assert (rig.step, rig.journey.complaint) == (Step.PAPER, "no_new_code")
    assert len(printed(rig, B)) == 1
    rig.store.full = False
    again(rig)
    assert rig.step is Step.THANKS
    assert len(reissues(rig)) == 1


def test_a_full_disk_does_not_keep_the_slip_without_a_code_back(rig: EnrolmentRig) -> None:
    at_the_paper(rig, TORN, TORN)
    rig.store.full = True
    again(rig)
    assert [slip.state for slip in rig.journey.slips] == ["printed", "failed"]
    assert rig.step is Step.PAPER


def test_a_terminal_revoked_meanwhile_makes_no_new_code(rig: EnrolmentRig) -> None:
    at_the_paper(rig, READY, TORN)
    rig.whereabouts.reason = "revoked"
    again(rig)
    assert (rig.step, rig.journey.complaint) == (Step.PAPER, "no_new_code")
    assert reissues(rig) == []


def test_a_clock_set_back_does_not_make_the_new_code_the_older_word(rig: EnrolmentRig) -> None:
    at_the_paper(rig, READY, TORN)
    rig.clock.at -= timedelta(hours=3)
    again(rig, TORN)
    again(rig)
    (opening,), made = rig.store.of(RecordKind.ENROLMENT), reissues(rig)
    times = [opening.captured_at, *(one.captured_at for one in made)]
    assert times == sorted(set(times))


# Attacks


def test_two_touches_make_one_new_code(rig: EnrolmentRig) -> None:
    at_the_paper(rig, READY, TORN)
    rig.is_slow = True
    touch = rig.touch()
    rig.session.print_again(touch)
    with pytest.raises(StepError):
        rig.session.print_again(touch)
    rig.work()
    assert len(reissues(rig)) == 1


def test_there_is_no_way_back_to_a_code_that_died(rig: EnrolmentRig) -> None:
    at_the_paper(rig, READY, TORN)
    with pytest.raises(StepError):
        rig.session.go_back(rig.touch())


def test_pulling_the_card_does_not_lose_the_new_code(rig: EnrolmentRig) -> None:
    at_the_paper(rig, READY, TORN)
    rig.pull()
    rig.is_slow = True
    rig.session.print_again(rig.touch())
    rig.wait(200)
    rig.work()
    assert rig.step is Step.THANKS
    assert len(printed(rig, B)) == 2


def test_the_power_going_between_the_new_code_and_its_paper_leaves_a_record_and_a_slip_in_doubt(
    rig: EnrolmentRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_the_paper(rig, READY, TORN)

    def cut(_: Slip) -> PrintOutcome:
        raise PowerCut

    monkeypatch.setattr(rig.printer, "print", cut)
    with pytest.raises(PowerCut):
        again(rig)
    rig.restart()
    settle_leftovers(rig.store, rig.journal, rig.clock.now)
    assert len(reissues(rig)) == 1
    assert len(printed(rig, B)) == 1
    assert outcomes(rig)[-1] == ("B", 2, "unknown")
    (doubtful,) = rig.journal.doubtful(rig.clock.now() - timedelta(hours=1))
    assert (doubtful.kind, doubtful.copy_number) == (B, 2)


def test_nobody_is_kept_in_memory_once_the_screen_is_left(rig: EnrolmentRig, held: Held) -> None:
    at_the_paper(rig, READY, TORN)
    assert held(ReissueBasis)
    rig.wait(181)
    assert rig.step is Step.TAKE_CARD
    assert held(ReissueBasis) == held(Opening) == []


def test_nobody_is_kept_in_memory_once_the_slips_are_settled(rig: EnrolmentRig, held: Held) -> None:
    at_the_paper(rig, READY, TORN)
    again(rig)
    assert held(ReissueBasis) == held(Opening) == []


def test_nobody_is_kept_in_memory_for_a_slip_without_a_code(rig: EnrolmentRig, held: Held) -> None:
    at_the_paper(rig, TORN, READY)
    assert held(ReissueBasis) == []


def test_the_code_of_a_void_slip_leaves_the_memory_at_once(rig: EnrolmentRig, held: Held) -> None:
    at_the_paper(rig, READY, TORN)
    (opening,) = held(Opening)
    assert opening.slips == ()


def test_what_is_held_says_nothing_of_itself(rig: EnrolmentRig, held: Held) -> None:
    at_the_paper(rig, READY, TORN)
    (opening,) = held(Opening)
    assert "CAMILLE" not in repr(opening) + repr(opening.basis) + str(opening)
    assert "2850" not in repr(opening) + repr(opening.basis)


# A torn slip for which nobody waits


def test_the_code_of_a_torn_slip_dies_when_the_person_goes_without(rig: EnrolmentRig) -> None:
    at_the_paper(rig, READY, TORN)
    rig.session.paper_settled(rig.touch())
    assert rig.step is Step.THANKS
    (made,) = reissues(rig)
    assert isinstance(made.vault, VaultChange)
    assert made.vault.locator not in secrets_on(printed(rig, B)[0])
    assert len(printed(rig, B)) == 1


def test_the_code_of_a_torn_slip_dies_when_nobody_comes(rig: EnrolmentRig) -> None:
    at_the_paper(rig, READY, TORN)
    rig.wait(181)
    assert len(reissues(rig)) == 1
    rig.wait(1)
    assert len(reissues(rig)) == 1


@pytest.mark.parametrize("outcome", [SILENT, NO_PAPER])
def test_a_code_that_the_person_may_hold_or_nobody_saw_lives_on(rig: EnrolmentRig, outcome: object) -> None:
    at_the_paper(rig, READY, outcome)
    rig.session.paper_settled(rig.touch())
    assert reissues(rig) == []


def test_a_full_disk_keeps_nobody_on_the_last_screen(rig: EnrolmentRig, caplog: pytest.LogCaptureFixture) -> None:
    at_the_paper(rig, READY, TORN)
    rig.store.full = True
    with caplog.at_level(logging.ERROR):
        rig.session.paper_settled(rig.touch())
    assert rig.step is Step.THANKS
    assert "StoreError" in caplog.text
