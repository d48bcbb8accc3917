"""A scanner's burst: taken where a card may come, said to be of no use yet, and kept by nobody."""

from __future__ import annotations

import gc
import logging

import pytest

from kiosk.app import create_app
from kiosk.enrolment.errors import StepError
from kiosk.enrolment.scan import LONGEST, ScannedCode
from kiosk.enrolment.screen import Touch
from kiosk.enrolment.steps import JourneyKind, Step
from tests.fakes.enrolment_rig import EnrolmentRig
from tests.fakes.programme import Programme
from tests.fakes.scenes import SCENES

PROGRAMME = Programme()
CODE = "CANARI-APCV-" + "7F3A" * 20


@pytest.fixture
def hall() -> EnrolmentRig:
    return EnrolmentRig(JourneyKind.HALL, PROGRAMME)


def page(rig: EnrolmentRig) -> str:
    return create_app(rig.session, secret_key=b"x" * 32).test_client().get("/").get_data(as_text=True)


def test_the_person_is_told_to_use_their_card(hall: EnrolmentRig) -> None:
    hall.session.scanning.present(hall.touch(), CODE)
    assert hall.step is Step.ATTRACT
    assert "utilisez votre carte Vitale" in page(hall).replace("\N{NO-BREAK SPACE}", " ")


def test_the_card_that_comes_next_begins_a_visit(hall: EnrolmentRig) -> None:
    hall.session.scanning.present(hall.touch(), CODE)
    hall.go(Step.THANKS)


def test_the_word_goes_when_nobody_comes(hall: EnrolmentRig) -> None:
    hall.session.scanning.present(hall.touch(), CODE)
    hall.wait(61)
    assert hall.journey.complaint is None


def test_at_a_counter_the_day_takes_a_code_too() -> None:
    counter = EnrolmentRig(JourneyKind.COUNTER, PROGRAMME)
    SCENES[JourneyKind.COUNTER]["day"](counter)
    counter.session.scanning.present(counter.touch(), CODE)
    assert counter.step is Step.DAY
    assert "demandez la carte Vitale" in page(counter).replace("\N{NO-BREAK SPACE}", " ")


def test_no_other_screen_takes_a_code() -> None:
    for kind, scenes in SCENES.items():
        for name, scene in scenes.items():
            rig = EnrolmentRig(kind, PROGRAMME)
            scene(rig)
            before = rig.journey
            if before.step not in {Step.ATTRACT, Step.DAY}:
                with pytest.raises(StepError):
                    rig.session.scanning.present(rig.touch(), CODE)
                assert rig.journey is before, (kind, name)


def test_a_code_of_an_old_screen_changes_nothing(hall: EnrolmentRig) -> None:
    with pytest.raises(StepError):
        hall.session.scanning.present(Touch(hall.journey.visit - 1, Step.ATTRACT), CODE)


def test_what_no_scanner_types_changes_nothing(hall: EnrolmentRig) -> None:
    for typed in ("", "1234567", "x" * (LONGEST + 1), "ABCD\x00EFGH"):
        with pytest.raises(StepError) as raised:
            hall.session.scanning.present(hall.touch(), typed)
        assert typed == "" or typed not in str(raised.value)
    assert hall.journey.complaint is None


def test_a_card_that_came_meanwhile_is_not_disturbed(hall: EnrolmentRig) -> None:
    hall.is_slow = True
    hall.session.scanning.present(hall.touch(), CODE)
    hall.insert()
    answered, _read = hall.held
    answered()
    assert hall.step is Step.READING
    assert hall.journey.complaint is None


def test_the_text_is_dropped_after_use(hall: EnrolmentRig) -> None:
    gc.collect()
    before = [one for one in gc.get_objects() if isinstance(one, ScannedCode)]
    hall.session.scanning.present(hall.touch(), CODE)
    gc.collect()
    assert [one for one in gc.get_objects() if isinstance(one, ScannedCode)] == before


@pytest.mark.parametrize("body", [{"code": CODE}, {"code": CODE, "visit": "0"}, {"code": CODE * 60, "visit": "0"}])
def test_the_text_is_in_no_log_and_in_no_answer(
    hall: EnrolmentRig, caplog: pytest.LogCaptureFixture, body: dict[str, str]
) -> None:
    client = create_app(hall.session, secret_key=b"x" * 32).test_client()
    client.get("/")
    with client.session_transaction() as cookie:
        token = cookie["csrf"]
    with caplog.at_level(logging.DEBUG):
        answers = [
            client.post(f"/touch/{step}/scan", data=body, headers={"X-CSRF-Token": token})
            for step in ("attract", "consent", "nowhere")
        ]
        answers.append(client.get("/"))
    assert "CANARI" not in caplog.text
    assert not any("CANARI" in f"{answer.headers} {answer.get_data(as_text=True)}" for answer in answers)


def test_a_code_is_never_taken_from_an_address(hall: EnrolmentRig) -> None:
    client = create_app(hall.session, secret_key=b"x" * 32).test_client()
    client.get("/")
    with client.session_transaction() as cookie:
        token = cookie["csrf"]
    visit = hall.journey.visit
    client.post(f"/touch/attract/scan?code={CODE}", data={"visit": visit}, headers={"X-CSRF-Token": token})
    assert hall.journey.complaint is None
