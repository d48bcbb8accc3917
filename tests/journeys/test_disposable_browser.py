"""The browser is a view and nothing else: reload, back, a second tab, a crash, a nervous finger, a pulled card."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.journeys.guest import WILLING, Guest
from tests.journeys.records import Traces
from tests.town.crowd import person
from tests.town.town import HALL, Stand, Town

pytestmark = [pytest.mark.browser, pytest.mark.processes]


def said_on_summary(hall: Guest) -> tuple[str, str]:
    """The two emergency answers as the terminal has them."""
    hall.see("summary")
    return hall.said("said-break_glass"), hall.said("said-centre_15")


def half_way(hall: Guest, card: str) -> None:
    """At the question on centre 15, having said no to break-the-glass."""
    hall.come(card)
    hall.read_notice()
    hall.see("consent")
    hall.touch("yes")
    hall.see("break_glass")
    hall.touch("no")
    hall.see("centre_15")


def finish_answers(hall: Guest) -> None:
    """Yes to centre 15, an e-mail."""
    hall.touch("yes")
    hall.give_contact(WILLING)


def test_a_reload_shows_the_same_screen_with_the_same_answers(hall: Guest, card: str) -> None:
    half_way(hall, card)
    hall.page.reload()
    assert hall.see("centre_15")
    finish_answers(hall)
    hall.page.reload()
    assert said_on_summary(hall) == ("Non", "Oui")


def test_the_browsers_back_button_shows_the_present_screen_not_an_old_one(hall: Guest, card: str) -> None:
    hall.come(card)
    hall.page.goto(hall.hand.address + "/demo")
    other = hall.another_tab()
    hall.see("notice", page=other)
    hall.page.go_back()
    hall.see("notice")
    hall.read_notice()
    hall.see("consent")
    hall.touch("yes")
    hall.see("break_glass")
    hall.page.go_back()
    hall.page.go_forward()
    hall.page.goto(hall.hand.address + "/")
    hall.see("break_glass")


def deaf(page: Page) -> Page:
    """A tab that hears of nothing: it keeps showing what it showed."""
    page.route("**/etat*", lambda route: route.fulfill(status=204))
    return page


def test_a_touch_in_a_second_tab_that_is_behind_changes_nothing(hall: Guest, card: str) -> None:
    hall.come(card)
    hall.read_notice()
    hall.see("consent")
    hall.touch("yes")
    hall.see("break_glass")
    behind = deaf(hall.another_tab())
    hall.page.bring_to_front()
    hall.touch("no")
    hall.see("centre_15")
    behind.click('[data-test="yes"]')  # on break-the-glass, which is answered
    hall.see("centre_15", page=behind)
    finish_answers(hall)
    assert said_on_summary(hall) == ("Non", "Oui")


def test_a_browser_that_crashed_comes_back_to_the_same_screen(hall: Guest, card: str) -> None:
    half_way(hall, card)
    hall.start_browser_again()
    hall.see("centre_15")
    finish_answers(hall)
    assert said_on_summary(hall) == ("Non", "Oui")


def enrolments_at(town: Town, stand: Stand) -> int:
    """Enrolments a terminal ever made: each has one slip A or more."""
    return len(town.at_terminal(stand, "SELECT DISTINCT record_id FROM slips"))


def test_a_double_touch_on_the_last_button_opens_one_dossier(town: Town, hall: Guest, card: str) -> None:
    before, made = Traces(town), enrolments_at(town, HALL)
    hall.up_to_confirmation(card, WILLING)
    hall.page.dblclick('[data-test="confirm"]')
    hall.see("thanks")
    town.wait_until_all_is_sent(HALL)
    assert enrolments_at(town, HALL) == made + 1
    assert len(before.dossiers()) == 1


def test_the_last_button_touched_in_two_tabs_opens_one_dossier(town: Town, hall: Guest, card: str) -> None:
    before, made = Traces(town), enrolments_at(town, HALL)
    hall.up_to_confirmation(card, WILLING)
    behind = deaf(hall.another_tab())
    hall.page.bring_to_front()
    hall.touch("confirm")
    behind.click('[data-test="confirm"]')
    hall.see("thanks")
    town.wait_until_all_is_sent(HALL)
    assert enrolments_at(town, HALL) == made + 1
    assert len(before.dossiers()) == 1


def test_a_browser_that_crashes_while_it_prints_comes_back_to_the_end(town: Town, hall: Guest, card: str) -> None:
    made = enrolments_at(town, HALL)
    hall.up_to_confirmation(card, WILLING)
    hall.touch("confirm")
    hall.start_browser_again()
    hall.see("thanks")
    assert enrolments_at(town, HALL) == made + 1


def test_a_pulled_card_wipes_the_person_from_every_page_and_the_next_one_starts_afresh(
    town: Town, hall: Guest, card: str
) -> None:
    before = Traces(town)
    hall.come(card)
    hall.answer(WILLING)
    hall.give_contact(WILLING)
    hall.see("summary")
    second = hall.another_tab()
    traces = traces_of(card)
    assert all(trace in second.content() for trace in traces)
    hall.hand.pull()
    hall.see("stopped")
    hall.picture("pulled")
    hall.see("stopped", page=second)
    pages = [hall.page.content(), second.content(), hall.hand.page()]
    assert [trace for trace in traces for page in pages if trace in page] == []
    hall.see("attract")
    hall.page.reload()
    assert [trace for trace in traces if trace in hall.page.content()] == []
    town.wait_until_all_is_sent(HALL)
    assert before.dossiers() == []


def traces_of(card: str) -> list[str]:
    """What a page would show of that person."""
    one = person(int(card.removeprefix("crowd-")))
    return [one.family_name, f"{one.number[0]} {one.number[1:3]} ••", WILLING.email]


def test_a_pulled_card_at_the_last_button_opens_nothing(town: Town, hall: Guest, card: str) -> None:
    before, made = Traces(town), enrolments_at(town, HALL)
    hall.up_to_confirmation(card, WILLING)
    behind = deaf(hall.another_tab())
    hall.hand.pull()
    hall.see("stopped")
    behind.click('[data-test="confirm"]')  # a touch on a screen that is gone
    hall.see("stopped", "attract", page=behind)
    town.wait_until_all_is_sent(HALL)
    assert (enrolments_at(town, HALL), before.dossiers()) == (made, [])
