"""The panel as words: every line of it in every language, and what the corner and the badge show."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from kiosk.app import create_app
from kiosk.enrolment.faults import Fault
from kiosk.enrolment.languages import load_languages
from kiosk.enrolment.machine import CentralReading, DeadRecord
from kiosk.enrolment.panel_rows import rows_of
from kiosk.enrolment.panel_sheet import PanelSheet
from kiosk.enrolment.panel_views import panel_picture
from kiosk.enrolment.ports import (
    DoubtfulSlip,
    NamedSlot,
    PrinterState,
    PrintOutcome,
    PrintResult,
    ReaderState,
    SlotHolds,
)
from kiosk.enrolment.readiness import Observation
from kiosk.enrolment.slip import SlipKind
from kiosk.enrolment.steps import JourneyKind, Step
from kiosk.enrolment.upkeep import Finding, Level
from tests.fakes.enrolment_rig import EnrolmentRig
from tests.fakes.operators import AGENT_PIN
from tests.fakes.programme import PRESENT, Programme
from wire.identifiers import RecordId

PROGRAMME = Programme()
LANGUAGES = load_languages()
RECORD = RecordId.new(PRESENT)
CENTRAL = CentralReading(configuration_version=3)
HOUR = timedelta(hours=1)
CHECKED = ("disk", "keys", "clock", "trust", "reader", "printer", "central", "memory")

SEEN: list[Observation] = [
    *(Observation(at=PRESENT, reader=state) for state in ReaderState),
    *(Observation(at=PRESENT, slots=(NamedSlot("Reader 00", holds),)) for holds in SlotHolds),
    *(Observation(at=PRESENT, printer=state) for state in (None, *PrinterState)),
    *(
        Observation(at=PRESENT, printer=first, second_printer=second)
        for first in (PrinterState.READY, PrinterState.OFFLINE)
        for second in PrinterState
    ),
    *(Observation(at=PRESENT, disk_free=free) for free in (None, 0, 5 << 20, 3 << 30)),
    *(Observation(at=PRESENT, professional=has_card) for has_card in (True, False)),
    *(Observation(at=PRESENT, not_ready=code) for code in (None, "revoked", "trust_root")),
    *(
        Observation(at=PRESENT, central=central)
        for central in (
            CentralReading(),
            CENTRAL,
            replace(CENTRAL, configuration_confirmed_at=PRESENT, last_contact_at=PRESENT, trust_until=PRESENT),
            *(replace(CENTRAL, clock_off=off) for off in (timedelta(0), HOUR, -HOUR)),
            replace(CENTRAL, failure="timeout", unreachable=True),
            replace(CENTRAL, failure="http", last_contact_at=PRESENT, waiting=3, oldest=(RECORD,)),
            replace(CENTRAL, dead=(DeadRecord(RECORD, "malformed"),)),
        )
    ),
    Observation(at=PRESENT, doubtful=(DoubtfulSlip(RECORD, SlipKind.ACTIVATION, 2, "failed"),)),
]


def pictured(rig: EnrolmentRig, sheet: PanelSheet, language: str) -> dict[str, Any]:
    screen = replace(rig.session.screen(), panel=sheet)
    panel: dict[str, Any] = panel_picture(screen, LANGUAGES[language])["panel"]
    return panel


@pytest.fixture(params=list(JourneyKind), ids=lambda kind: kind.value)
def rig(request: pytest.FixtureRequest) -> EnrolmentRig:
    return EnrolmentRig(request.param, PROGRAMME)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_line_has_its_words_in_every_language(language: str, rig: EnrolmentRig) -> None:
    for seen in SEEN:
        panel = pictured(rig, PanelSheet(rows=rows_of(seen)), language)
        assert all(row["name"] and row["words"] for row in panel["rows"])
        assert "{" not in repr([row["words"] for row in panel["rows"]])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("level", Level, ids=lambda level: level.value)
def test_every_tick_of_the_self_check_has_its_words(level: Level, language: str, rig: EnrolmentRig) -> None:
    findings = tuple(Finding(part, level, "", Fault.NETWORK) for part in CHECKED)
    panel = pictured(rig, PanelSheet(findings=findings), language)
    assert all(one["name"] and one["words"] and one["faults"][0]["remedy"] for one in panel["findings"])


def test_a_line_shows_the_codes_of_its_own_part_only(rig: EnrolmentRig) -> None:
    seen = Observation(at=PRESENT, printer=PrinterState.PAPER_OUT, disk_free=0)
    rows = {row["part"]: row for row in pictured(rig, PanelSheet(rows=rows_of(seen)), "fr")["rows"]}
    assert [fault["code"] for fault in rows["printer"]["faults"]] == ["P-03"]
    assert [fault["code"] for fault in rows["disk"]["faults"]] == ["D-03"]
    assert rows["reader"]["faults"] == []


def test_each_slot_has_a_line_under_the_name_that_the_machine_gives_it(rig: EnrolmentRig) -> None:
    slots = (NamedSlot("Reader 00", SlotHolds.PROFESSIONAL), NamedSlot("Reader 01", SlotHolds.EMPTY))
    panel = pictured(rig, PanelSheet(rows=rows_of(Observation(at=PRESENT, slots=slots))), "fr")
    told = [(row["name"], row["words"]) for row in panel["rows"] if row["part"] == "slot"]
    assert told == [("Reader 00", "Carte de professionnel présente"), ("Reader 01", "Vide")]


def test_keys_and_settings_that_are_not_there_are_marked(rig: EnrolmentRig) -> None:
    seen = Observation(at=PRESENT, central=CentralReading())
    rows = {row["part"]: row["level"] for row in pictured(rig, PanelSheet(rows=rows_of(seen)), "fr")["rows"]}
    assert (rows["trust"], rows["configuration"]) == ("warning", "warning")


def test_each_printer_has_a_line_and_the_paper_of_the_one_in_use(rig: EnrolmentRig) -> None:
    seen = Observation(at=PRESENT, printer=PrinterState.PAPER_OUT, second_printer=PrinterState.PAPER_LOW)
    rows = {row["part"]: row for row in pictured(rig, PanelSheet(rows=rows_of(seen)), "fr")["rows"]}
    assert [fault["code"] for fault in rows["printer"]["faults"]] == ["P-08"]
    assert [fault["code"] for fault in rows["second_printer"]["faults"]] == ["P-02"]


def test_a_second_printer_at_rest_that_is_not_ready_is_marked(rig: EnrolmentRig) -> None:
    seen = Observation(at=PRESENT, printer=PrinterState.READY, second_printer=PrinterState.OFFLINE)
    rows = {row["part"]: row["level"] for row in pictured(rig, PanelSheet(rows=rows_of(seen)), "fr")["rows"]}
    assert (rows["printer"], rows["second_printer"]) == ("ok", "warning")


@pytest.mark.parametrize(
    ("first", "second", "now"),
    [
        (PrinterState.PAPER_OUT, None, ["open"]),
        (PrinterState.COVER_OPEN, None, ["roll", "shut"]),
        (PrinterState.READY, None, ["trial"]),
        (PrinterState.READY, PrinterState.COVER_OPEN, ["roll", "shut"]),
        (None, None, ["trial"]),
    ],
)
def test_the_panel_guides_through_a_change_of_paper(
    rig: EnrolmentRig, first: PrinterState | None, second: PrinterState | None, now: list[str]
) -> None:
    seen = Observation(at=PRESENT, printer=first, second_printer=second)
    steps = pictured(rig, PanelSheet(rows=rows_of(seen)), "fr")["roll_steps"]
    assert [step for step, is_now in steps if is_now] == now


def test_a_minute_that_goes_by_is_no_reason_to_draw_anew() -> None:
    early = Observation(at=PRESENT, central=replace(CENTRAL, last_contact_at=PRESENT))
    late = Observation(at=PRESENT, central=replace(CENTRAL, last_contact_at=PRESENT + timedelta(minutes=1)))
    assert rows_of(early) == rows_of(late)


@pytest.fixture
def app(rig: EnrolmentRig) -> Flask:
    return create_app(rig.session, secret_key=b"panel")


def test_the_corner_is_there_at_rest_and_gone_while_somebody_is_served() -> None:
    rig = EnrolmentRig(JourneyKind.HALL, PROGRAMME)
    client = create_app(rig.session, secret_key=b"panel").test_client()
    assert 'data-test="panel-ask"' in client.get("/").text
    rig.go(Step.CONSENT)
    assert 'data-test="panel-ask"' not in client.get("/").text


def test_the_badge_names_two_codes_and_counts_the_rest(rig: EnrolmentRig, app: Flask) -> None:
    rig.upkeep.disk.free = 100 << 20
    rig.upkeep.central.reading = CentralReading(failure="timeout", unreachable=True, waiting=300)
    rig.session.readiness.look()
    page = app.test_client().get("/").text
    badge = re.search(r'data-test="badge">([^<]*)<', page)
    assert badge is not None
    assert badge[1].replace("\N{NON-BREAKING HYPHEN}", "-").endswith("D-02 · N-01 +1")


def test_slips_of_an_earlier_visit_are_no_badge_for_the_next_person(rig: EnrolmentRig, app: Flask) -> None:
    rig.journal.settle(RECORD, SlipKind.ACTIVATION, 1, "unknown", rig.clock.now())
    rig.session.readiness.look()
    assert rig.session.screen().faults == (Fault.SLIPS_IN_DOUBT,)
    assert 'data-test="badge"' not in app.test_client().get("/").text


def test_the_whole_panel_is_drawn_with_everything_there_can_be() -> None:
    rig = EnrolmentRig(JourneyKind.HALL, PROGRAMME)
    rig.journal.settle(RECORD, SlipKind.ACTIVATION, 1, "unknown", rig.clock.now())
    rig.upkeep.central.reading = CentralReading(waiting=1, oldest=(RECORD,), dead=(DeadRecord(RECORD, "malformed"),))
    rig.printer.coming = [PrintOutcome(PrintResult.FAILED, PrinterState.COVER_OPEN)]
    rig.session.panel.ask(rig.touch())
    rig.session.panel.open(rig.touch(), AGENT_PIN)
    rig.session.panel.print_trial(rig.touch())
    rig.session.panel.check(rig.touch())
    page = create_app(rig.session, secret_key=b"panel").test_client().get("/").text
    for test in ("part-printer", "check-disk", "missing-slip", "dead-record", "waiting-record", "panel-restart"):
        assert f'data-test="{test}"' in page
    assert str(RECORD) in page
