"""The demonstration's page: the hand, the paper, and the guards of the terminal's app."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from kiosk.assembly import Terminal, build
from kiosk.card_reader.virtual.people import deck
from kiosk.card_reader.virtual.scenario_file import shipped_scenarios
from kiosk.demonstration.tray import SWITCHES, PrinterSwitch
from kiosk.enrolment.ports import ReaderState
from kiosk.enrolment.slip import LineRole, Slip, SlipKind, SlipLine
from kiosk.settings import KioskSettings
from tests.fakes.programme import Programme
from tests.waiting import wait_until

SLIP = Slip(SlipKind.ACKNOWLEDGEMENT, 1, (SlipLine(LineRole.TEXT, "Né à Béziers, œuvre & cœur"),))


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    made = build(KioskSettings(home=Programme().furnish(tmp_path / "home"), simulate=True, start_spread_s=0.0))
    yield made
    made.stop()


@pytest.fixture
def browser(terminal: Terminal) -> FlaskClient:
    return terminal.app.test_client()


def token(browser: FlaskClient) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', browser.get("/demo").text)
    assert found is not None
    return found[1]


def insert(browser: FlaskClient, card: str, **headers: str) -> int:
    return browser.post("/demo/insert", data={"csrf": token(browser), "card": card}, headers=headers).status_code


def test_the_page_says_that_the_people_are_fictitious_and_shows_every_card(browser: FlaskClient) -> None:
    page = browser.get("/demo").text
    assert "personnes fictives" in page
    assert all(f'data-test="insert-{card.card_id}"' in page for card in deck())


def test_no_number_of_a_card_is_on_the_page(browser: FlaskClient) -> None:
    page = browser.get("/demo").text
    assert [person.number for card in deck() for person in card.persons if person.number in page] == []


def test_a_card_goes_into_the_slot_and_out_of_it(terminal: Terminal, browser: FlaskClient) -> None:
    assert insert(browser, "marie") == 303
    assert _becomes(terminal, ReaderState.PRESENT)
    assert browser.post("/demo/pull", data={"csrf": token(browser)}).status_code == 303
    assert _becomes(terminal, ReaderState.EMPTY)


def test_scripts_are_answered_in_json(browser: FlaskClient) -> None:
    answer = browser.post(
        "/demo/insert", data={"csrf": token(browser), "card": "marie"}, headers={"Accept": "application/json"}
    )
    assert answer.json == {"inserted": "marie"}


def test_htmx_is_answered_with_the_changing_part_only(browser: FlaskClient) -> None:
    answer = browser.post(
        "/demo/insert", data={"csrf": token(browser), "card": "marie"}, headers={"HX-Request": "true"}
    )
    assert 'data-inserted="marie"' in answer.text
    assert "<html" not in answer.text


def test_a_card_that_is_not_in_the_deck_is_not_found(browser: FlaskClient) -> None:
    assert insert(browser, "nobody") == 404


@pytest.mark.parametrize("path", ["/demo/insert", "/demo/pull", "/demo/printer"])
def test_without_the_token_the_hand_does_not_move(path: str, browser: FlaskClient) -> None:
    assert browser.post(path, data={"card": "marie"}).status_code == 403


def test_another_site_cannot_move_the_hand(browser: FlaskClient) -> None:
    assert insert(browser, "marie", **{"Sec-Fetch-Site": "cross-site"}) == 403


def test_nothing_is_sent_again_while_nothing_changes(browser: FlaskClient) -> None:
    found = re.search(r'hx-get="([^"]+)"', browser.get("/demo").text)
    assert found is not None
    assert browser.get(found[1]).status_code == 204
    insert(browser, "marie")
    assert browser.get(found[1]).status_code == 200


def test_the_paper_is_shown_as_it_came_out(terminal: Terminal, browser: FlaskClient) -> None:
    terminal.devices.printer.print(SLIP)
    papers = browser.get("/demo/papers.json").get_json()["papers"]
    assert [paper["number"] for paper in papers] == [1]
    assert "Né à Béziers, œuvre & cœur" in papers[0]["text"]
    assert 'src="/demo/paper/1.png"' in browser.get("/demo").text
    assert browser.get("/demo/paper/1.png").data.startswith(b"\x89PNG")
    assert browser.get("/demo/paper/2.png").status_code == 404


def test_the_other_screens_are_linked(browser: FlaskClient) -> None:
    page = browser.get("/demo").text
    assert 'href="http://127.0.0.1:8102/activation"' in page
    assert 'href="http://127.0.0.1:9/tableau"' in page


def test_the_cookie_is_this_terminals_own(browser: FlaskClient) -> None:
    # Cookies know no ports: two terminals of one demonstration share the host.
    assert browser.get("/demo").headers["Set-Cookie"].startswith("terminal-8200=")


def test_the_cards_that_misbehave_are_under_a_fold_and_go_into_the_slot_too(
    terminal: Terminal, browser: FlaskClient
) -> None:
    page = browser.get("/demo").text
    assert '<details id="misbehaving"' in page
    assert all(f'data-test="insert-{scenario.name}"' in page for scenario in shipped_scenarios())
    answer = browser.post(
        "/demo/insert", data={"csrf": token(browser), "scenario": "pulled"}, headers={"Accept": "application/json"}
    )
    assert answer.json == {"inserted": "pulled"}
    assert "Dans le lecteur</span><br><strong>Carte retirée trop tôt</strong>" in browser.get("/demo").text


def test_a_scenario_that_is_no_example_is_not_found(browser: FlaskClient) -> None:
    answer = browser.post("/demo/insert", data={"csrf": token(browser), "scenario": "../../etc/passwd"})
    assert answer.status_code == 404


def test_no_scenario_has_the_name_of_a_card() -> None:
    assert {scenario.name for scenario in shipped_scenarios()}.isdisjoint(card.card_id for card in deck())


def at_the_printer(browser: FlaskClient, **fields: str) -> int:
    return browser.post("/demo/printer", data={"csrf": token(browser), **fields}).status_code


@pytest.mark.parametrize("switch", SWITCHES, ids=lambda switch: switch.fault)
def test_the_printer_is_broken_and_mended_from_the_tray(
    terminal: Terminal, browser: FlaskClient, switch: PrinterSwitch
) -> None:
    assert terminal.devices.tray is not None
    printer = terminal.devices.tray.printer
    pressed = f'aria-pressed="true"\n            data-test="printer-{switch.fault}">{switch.label}<'
    assert at_the_printer(browser, fault=switch.fault, broken="1") == 303
    assert getattr(printer.faults, switch.fault) is True
    assert pressed in browser.get("/demo").text
    assert at_the_printer(browser, fault=switch.fault, broken="0") == 303
    assert getattr(printer.faults, switch.fault) is False
    assert pressed not in browser.get("/demo").text


def test_the_rest_of_the_roll_is_set_from_the_tray(terminal: Terminal, browser: FlaskClient) -> None:
    assert terminal.devices.tray is not None
    assert at_the_printer(browser, lines="12") == 303
    assert terminal.devices.tray.printer.faults.lines_left == 12


@pytest.mark.parametrize("fields", [{"fault": "power", "broken": "1"}, {}, {"lines": "-1"}, {"lines": "99999"}])
def test_what_the_printer_has_no_switch_for_is_not_found(browser: FlaskClient, fields: dict[str, str]) -> None:
    assert at_the_printer(browser, **fields) == 404


def test_a_broken_printer_changes_the_page(browser: FlaskClient) -> None:
    found = re.search(r'hx-get="([^"]+)"', browser.get("/demo").text)
    assert found is not None
    at_the_printer(browser, fault="cover_open", broken="1")
    assert browser.get(found[1]).status_code == 200


def _becomes(terminal: Terminal, state: ReaderState) -> bool:
    return wait_until(lambda: terminal.devices.reader.presence().state is state, 5)


def test_the_professionals_card_goes_into_the_second_reader_and_out_of_it(
    terminal: Terminal, browser: FlaskClient
) -> None:
    assert browser.post("/demo/professional", data={"csrf": token(browser), "inside": "1"}).status_code == 303
    assert wait_until(lambda: _serial(terminal) == "0990000001", 5)
    assert terminal.devices.reader.presence().state is ReaderState.EMPTY
    browser.post("/demo/professional", data={"csrf": token(browser), "inside": "0"})
    assert wait_until(lambda: terminal.devices.professional.card() is None, 5)


def _serial(terminal: Terminal) -> str | None:
    card = terminal.devices.professional.card()
    return None if card is None else card.serial
