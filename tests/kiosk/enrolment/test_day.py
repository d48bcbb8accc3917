"""The counter's day: figures by hour and kind, what was earned, and nobody's name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from kiosk.app import create_app
from kiosk.enrolment.day_sheet import SHOWN_KINDS, HourRow, day_sheet
from kiosk.enrolment.desks import MonthFigures
from kiosk.enrolment.errors import StepError
from kiosk.enrolment.ports import DoubtfulSlip, KeptRecord
from kiosk.enrolment.slip import SlipKind
from kiosk.enrolment.steps import JourneyKind, Step
from tests.fakes.enrolment_rig import EnrolmentRig
from tests.fakes.paper import NO_PAPER, READY
from tests.fakes.programme import Programme
from wire.identifiers import RecordId
from wire.records import RecordKind

PROGRAMME = Programme()
NINE = datetime(2026, 7, 1, 7, 30, tzinfo=UTC)  # half past nine in France
MONTH = MonthFigures("2026-07", 12, 1250, 300, NINE)


def kept(kind: RecordKind, hours_later: int = 0) -> KeptRecord:
    return KeptRecord(NINE + timedelta(hours=hours_later), kind)


def test_records_are_counted_by_hour_in_france_and_kind() -> None:
    opening, closing = RecordKind.ENROLMENT, RecordKind.CLOSURE_REQUEST
    sheet = day_sheet([kept(opening), kept(opening), kept(closing, 2)], (), 0, None)
    assert sheet.kinds == (opening, closing)
    assert sheet.hours == (HourRow(9, (2, 0)), HourRow(11, (0, 1)))
    assert sheet.totals == (2, 1)


def test_a_quiet_day_has_a_column_of_openings_and_no_hours() -> None:
    sheet = day_sheet((), (), 0, None)
    assert (sheet.kinds, sheet.hours, sheet.totals) == ((RecordKind.ENROLMENT,), (), (0,))


@pytest.mark.parametrize("kind", sorted(set(RecordKind) - set(SHOWN_KINDS), key=lambda kind: kind.value))
def test_refusals_and_paper_are_no_lines_of_the_day(kind: RecordKind) -> None:
    assert day_sheet([kept(kind)], (), 0, None).hours == ()


def test_missing_slips_are_counted_by_kind() -> None:
    record = RecordId.new(NINE)
    slips = [DoubtfulSlip(record, SlipKind.ACTIVATION, 1, state) for state in ("failed", "unknown")]
    assert day_sheet((), slips, 0, None).missing == ((SlipKind.ACTIVATION, 2),)


@pytest.fixture
def rig() -> EnrolmentRig:
    made = EnrolmentRig(JourneyKind.COUNTER, PROGRAMME)
    made.go(Step.ATTRACT)
    return made


def page(rig: EnrolmentRig) -> str:
    return create_app(rig.session, secret_key=b"tests").test_client().get("/").get_data(as_text=True)


def one_opening(rig: EnrolmentRig) -> None:
    rig.go(Step.CONFIRM)
    rig.session.attesting.confirm(rig.touch())


def test_the_day_shows_figures_and_no_name(rig: EnrolmentRig) -> None:
    one_opening(rig)
    rig.session.day.open(rig.touch())
    assert rig.step is Step.DAY
    shown = page(rig)
    assert '<b data-test="day-openings">1</b>' in shown
    for personal in ("CAMILLE", "SPÉCIMEN", "camille@exemple.fr", "••"):
        assert personal not in shown


def test_a_slip_whose_paper_is_missing_is_said(rig: EnrolmentRig) -> None:
    rig.printer.coming = [READY, NO_PAPER]
    one_opening(rig)
    rig.session.paper_settled(rig.touch())
    rig.session.day.open(rig.touch())
    assert 'data-test="day-missing-B"' in page(rig)


def test_what_was_earned_is_shown_with_what_is_held_apart(rig: EnrolmentRig) -> None:
    rig.earnings.told = MONTH
    rig.session.day.open(rig.touch())
    rig.session.tick()
    shown = page(rig)
    assert 'data-test="day-accrued" dir="ltr">12,50 €<' in shown
    assert "3,00 €" in shown
    assert "01/07 09:30" in shown


def test_before_central_told_anything_no_sum_is_invented(rig: EnrolmentRig) -> None:
    rig.earnings.down = True
    rig.session.day.open(rig.touch())
    shown = page(rig)
    assert 'data-test="day-untold"' in shown
    assert "€" not in shown


def test_figures_that_arrive_are_drawn_without_a_touch(rig: EnrolmentRig) -> None:
    rig.session.day.open(rig.touch())
    rig.session.tick()
    before = rig.session.screen().revision
    rig.earnings.told = MONTH
    rig.session.tick()
    rig.session.tick()
    assert rig.session.screen().revision > before


def test_an_open_page_is_not_drawn_again_and_again(rig: EnrolmentRig) -> None:
    rig.session.day.open(rig.touch())
    for _ in range(3):
        rig.session.tick()
    before = rig.session.screen().revision
    for _ in range(3):
        rig.session.tick()
    assert rig.session.screen().revision == before


def test_a_card_begins_a_visit_over_the_day(rig: EnrolmentRig) -> None:
    rig.session.day.open(rig.touch())
    rig.insert()
    assert rig.step is Step.NOTICE


def test_the_day_closes_by_itself(rig: EnrolmentRig) -> None:
    rig.session.day.open(rig.touch())
    rig.wait(120)
    assert rig.step is Step.ATTRACT


def test_a_hall_has_no_day() -> None:
    hall = EnrolmentRig(JourneyKind.HALL, PROGRAMME)
    with pytest.raises(StepError):
        hall.session.day.open(hall.touch())
    assert 'data-test="day"' not in page(hall)


def test_nobody_reads_the_day_who_is_not_signed_in() -> None:
    counter = EnrolmentRig(JourneyKind.COUNTER, PROGRAMME)
    with pytest.raises(StepError):
        counter.session.day.open(counter.touch())
