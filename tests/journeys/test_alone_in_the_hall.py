"""K0-K17 through the town: a contact proved by the code that was read, or carried unproved; refusal with its slip."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.journeys.guest import WILLING, Guest
from tests.journeys.home import Home
from tests.journeys.records import Traces
from tests.journeys.slips import is_slip_b, read_words
from tests.town.town import HALL, Town
from tests.town.wishes import Wishes
from tests.waiting import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.processes]

_BACK_WITHIN_S = 120.0  # the terminal's back-off has grown while central was away


def last_code_slip(town: Town, home: Home) -> str:
    """The address in the square of the newest slip with a code."""
    slip = read_words([paper for paper in town.papers() if is_slip_b(paper)][-1])
    return f"{home.address}#L={slip.locator}&C={slip.code}"


def test_an_email_proved_at_the_terminal_is_the_second_factor_at_home(
    town: Town, hall: Guest, home: Home, card: str
) -> None:
    before = Traces(town)
    hall.up_to("proof", card=card, wishes=Wishes(email="seul@exemple.fr", proves=True))
    hall.picture("proof")
    assert hall.enrol_on(Wishes(email="seul@exemple.fr", proves=True)) == "thanks"
    town.wait_until_all_is_sent(HALL)
    assert before.account(before.the_dossier()) == "to_activate"
    address = last_code_slip(town, home)
    assert home.activate(address) == "one_time_choose"  # and no way around it
    assert home.activate(address, proves="seul@exemple.fr") == "activated"
    before.wait_for_account(before.the_dossier(), "active")


def test_a_mobile_proved_in_english_is_written_to_in_english_at_home(
    town: Town, hall: Guest, home: Home, card: str
) -> None:
    wishes = Wishes(mobile="06 12 34 56 21", proves=True)
    hall.speak("en")
    assert hall.enrol(card, wishes) == "thanks"
    (letter,) = town.letters("+33612345621")
    assert letter.kind == "sms"
    assert "code" in letter.body
    town.wait_until_all_is_sent(HALL)
    assert home.activate(last_code_slip(town, home), proves="+33612345621") == "activated"


def test_without_a_line_the_contact_is_carried_unproved_and_proved_at_activation_in_arabic(
    town: Town, hall: Guest, home: Home, card: str
) -> None:
    before, email = Traces(town), "hors-ligne@exemple.fr"
    hall.speak("ar")
    town.central.stop()
    try:
        hall.come(card)
        hall.answer(replace(WILLING, email=email))
        hall.give_contact(replace(WILLING, email=email))
        hall.picture("summary")
        assert hall.enrol_on(replace(WILLING, email=email)) == "thanks"
    finally:
        town.central.start()
    assert town.letters(email) == []
    town.wait_until_all_is_sent(HALL, within_s=_BACK_WITHIN_S)
    assert home.activate(last_code_slip(town, home), proves=email) == "activated"
    before.wait_for_account(before.the_dossier(), "active")


def test_who_refuses_may_take_a_slip_and_is_counted_without_a_name(town: Town, hall: Guest, card: str) -> None:
    before, papers = Traces(town), len(town.papers())
    hall.speak("ar")
    assert hall.up_to("refused", card=card, wishes=Wishes(creation=False)) == "refused"
    hall.touch("refusal-slip")
    wait_for("the slip is out", lambda: len(town.papers()) > papers)
    hall.page.wait_for_selector('[data-slip="R"][data-state="printed"]')
    hall.picture("refusal-slip")
    wait_for("the refusal is at central", lambda: before.routings("refusal"))
    assert before.dossiers() == []
    assert "CANARI" not in town.papers()[-1]
