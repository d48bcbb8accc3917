from __future__ import annotations

from datetime import datetime

import pytest

from kiosk.enrolment.errors import StepError, StoreError
from kiosk.enrolment.faults import Fault
from kiosk.enrolment.ports import PrintOutcome, RecordDraft
from kiosk.enrolment.slip import LineRole, Slip, SlipKind
from kiosk.enrolment.steps import JourneyKind, Step
from tests.fakes.enrolment_rig import EnrolmentRig
from tests.fakes.paper import NO_PAPER, READY, SILENT
from tests.fakes.programme import Programme
from wire.codes import ActivationCode
from wire.dossier_keys import code_key, open_wrap
from wire.facts import SlipFacts
from wire.failpoints import Failpoint
from wire.identifiers import RecordId
from wire.records import RecordKind
from wire.sealing import SealPurpose

PROGRAMME = Programme()
A, B = SlipKind.ACKNOWLEDGEMENT, SlipKind.ACTIVATION


@pytest.fixture
def rig() -> EnrolmentRig:
    return EnrolmentRig(JourneyKind.HALL, PROGRAMME)


def outcomes(rig: EnrolmentRig) -> list[tuple[str, int, str]]:
    facts = [draft.administrative for draft in rig.store.of(RecordKind.SLIP_OUTCOME)]
    return [(one.slip, one.copy_number, one.result) for one in facts if isinstance(one, SlipFacts)]


def test_no_slip_is_made_before_the_record_is_durable(rig: EnrolmentRig, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    add, settle, give = rig.store.add, rig.journal.settle, rig.printer.print

    def noting_add(draft: RecordDraft) -> None:
        order.append(f"kept {draft.kind.value}")
        add(draft)

    def noting_settle(record_id: RecordId, kind: SlipKind, copy_number: int, state: str, at: datetime) -> None:
        order.append(f"{state} {kind.value}")
        settle(record_id, kind, copy_number, state, at)

    def noting_print(slip: Slip) -> PrintOutcome:
        order.append(f"paper {slip.kind.value}")
        return give(slip)

    monkeypatch.setattr(rig.store, "add", noting_add)
    monkeypatch.setattr(rig.journal, "settle", noting_settle)
    monkeypatch.setattr(rig.printer, "print", noting_print)
    rig.go(Step.THANKS)
    assert order == [
        "kept enrolment",
        "rendered A",
        "rendered B",
        "printing A",
        "paper A",
        "printed A",
        "kept slip_outcome",
        "printing B",
        "paper B",
        "printed B",
        "kept slip_outcome",
    ]


def test_the_failpoints_of_printing_are_passed_once_a_slip(rig: EnrolmentRig) -> None:
    rig.go(Step.THANKS)
    assert rig.reached == [Failpoint.PRINT_BEFORE, Failpoint.PRINT_AFTER] * 2


def test_a_full_disk_opens_nothing_prints_nothing_and_says_so(rig: EnrolmentRig) -> None:
    rig.go(Step.CONFIRM)
    rig.store.full = True
    rig.session.attesting.confirm(rig.touch())
    assert (rig.step, rig.journey.fault) == (Step.STOPPED, Fault.STORE)
    assert rig.printer.given == []
    assert rig.session.screen().done_today == 0


def test_the_code_on_the_paper_opens_the_dossiers_key(rig: EnrolmentRig) -> None:
    rig.go(Step.THANKS)
    (draft,) = rig.store.of(RecordKind.ENROLMENT)
    assert draft.vault is not None
    assert draft.vault.wrap_patient is not None
    groups = [line.text for line in rig.printer.given[1].lines if line.role is LineRole.CODE]
    assert groups[0].replace("-", "") == draft.vault.locator
    key = code_key(ActivationCode.parse("".join(groups[1:])), draft.record_id)
    terminal = rig.whereabouts.place.terminal
    dossier = open_wrap(draft.vault.wrap_patient, key, SealPurpose.WRAP_PATIENT, draft.record_id, terminal)
    assert dossier.public_key().public_bytes_raw() == draft.vault.dossier_public


def test_a_slip_outcome_names_its_enrolment(rig: EnrolmentRig) -> None:
    rig.go(Step.THANKS)
    (enrolment,) = rig.store.of(RecordKind.ENROLMENT)
    facts = rig.store.of(RecordKind.SLIP_OUTCOME)[0].administrative
    assert isinstance(facts, SlipFacts)
    assert facts.enrolment_id == enrolment.record_id.value


def test_missing_paper_is_said_and_the_record_stays(rig: EnrolmentRig) -> None:
    rig.printer.coming = [READY, NO_PAPER]
    rig.go(Step.CONFIRM)
    rig.session.attesting.confirm(rig.touch())
    assert rig.step is Step.PAPER
    assert [(slip.kind, slip.state) for slip in rig.journey.slips] == [(A, "printed"), (B, "failed")]
    assert len(rig.store.of(RecordKind.ENROLMENT)) == 1


def test_only_what_did_not_come_out_is_printed_again_as_the_next_copy(rig: EnrolmentRig) -> None:
    rig.printer.coming = [READY, NO_PAPER, NO_PAPER]
    rig.go(Step.CONFIRM)
    rig.session.attesting.confirm(rig.touch())
    rig.session.print_again(rig.touch())
    rig.session.print_again(rig.touch())
    assert rig.step is Step.THANKS
    assert [(slip.kind, slip.copy_number) for slip in rig.printer.given] == [(A, 1), (B, 1), (B, 2), (B, 3)]
    assert outcomes(rig) == [("A", 1, "printed"), ("B", 1, "failed"), ("B", 2, "failed"), ("B", 3, "printed")]
    assert rig.printer.given[3].qr == rig.printer.given[1].qr
    assert [slip.kind for slip in rig.journey.slips] == [A, B]


def test_a_silent_printer_is_never_taken_for_a_printed_slip(rig: EnrolmentRig) -> None:
    rig.printer.coming = [READY, SILENT]
    rig.go(Step.CONFIRM)
    rig.session.attesting.confirm(rig.touch())
    assert rig.step is Step.PAPER
    rig.session.paper_settled(rig.touch())
    assert rig.step is Step.THANKS
    assert outcomes(rig)[-1] == ("B", 1, "unknown")


def test_pulling_the_card_while_slips_are_printed_wipes_nothing(rig: EnrolmentRig) -> None:
    rig.is_slow = True
    rig.insert()
    rig.work()
    rig.session.choose_person(rig.touch(), 0)
    rig.work()
    rig.go(Step.PRINTING)
    rig.pull()
    assert rig.step is Step.PRINTING
    rig.work()
    assert rig.step is Step.THANKS


def test_the_code_is_forgotten_when_nobody_comes_for_the_paper(rig: EnrolmentRig) -> None:
    rig.printer.coming = [READY, NO_PAPER]
    rig.go(Step.CONFIRM)
    rig.session.attesting.confirm(rig.touch())
    rig.wait(149)
    assert not rig.session.screen().warning
    rig.wait(31)
    assert rig.step is Step.TAKE_CARD
    assert rig.session._handing_out._opening is None


def test_the_code_is_forgotten_as_soon_as_its_slip_is_settled(rig: EnrolmentRig) -> None:
    rig.go(Step.THANKS)
    assert rig.session._handing_out._opening is None


def test_nothing_is_printed_again_once_the_slips_are_settled(rig: EnrolmentRig) -> None:
    rig.go(Step.THANKS)
    with pytest.raises(StepError):
        rig.session.print_again(rig.touch())


def test_a_journal_that_cannot_be_written_does_not_keep_the_paper_back(
    rig: EnrolmentRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StoreError("no space left")

    monkeypatch.setattr(rig.journal, "settle", full)
    rig.go(Step.THANKS)
    assert len(rig.printer.given) == 2


def test_a_mistake_of_ours_while_printing_leaves_the_record_and_says_that_paper_is_missing(
    rig: EnrolmentRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: Slip) -> PrintOutcome:
        raise RuntimeError("a name would stand here")

    monkeypatch.setattr(rig.printer, "print", broken)
    rig.go(Step.CONFIRM)
    rig.session.attesting.confirm(rig.touch())
    assert rig.step is Step.PAPER
    assert rig.store.of(RecordKind.ENROLMENT)
