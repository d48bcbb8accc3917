"""Who comes back, through the town: each visit's effect at central and at the vault, its audit entry, its slip."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.journeys.guest import Guest
from tests.journeys.home import Home
from tests.journeys.records import Traces
from tests.journeys.slips import is_slip_b, read_words
from tests.town.town import HALL, PHARMACY, Town
from tests.town.wishes import Wishes
from tests.waiting import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.processes]


@dataclass(frozen=True)
class Known:
    """Somebody with a dossier since a moment ago: their card, their dossier, the slip with their first code."""

    town: Town
    card: str
    dossier: bytes
    slip: str

    def state(self) -> str:
        """Of the dossier at central."""
        ((state,),) = self.town.at_central("SELECT state FROM dossiers WHERE dossier_id = ?", self.dossier)
        return str(state)

    def effect(self, kind: str) -> list[str]:
        """What the facts of a kind did to it, as central noted."""
        query = "SELECT effect FROM changes WHERE dossier_id = ? AND kind = ?"
        return [str(effect) for (effect,) in self.town.at_central(query, self.dossier, kind)]

    def sends(self) -> None:
        """Until what was said at the terminal has come to the vault."""
        self.town.wait_until_all_is_sent(HALL)


@pytest.fixture
def known(town: Town, card: str) -> Known:
    before = Traces(town)
    pharmacist = town.visit(PHARMACY)
    assert pharmacist.enrol(card, Wishes(email="connu@exemple.fr")) == "done"
    town.wait_until_all_is_sent()
    return Known(town, card, before.the_dossier(), town.papers()[-1])


def address_in(paper: str, home: Home) -> str:
    """What the square of that slip says."""
    slip = read_words(paper)
    return f"{home.address}#L={slip.locator}&C={slip.code}"


def test_a_new_code_opens_and_the_old_one_is_void(known: Known, hall: Guest, home: Home) -> None:
    hall.speak("en")
    hall.up_to("aim", card=known.card, wishes=Wishes(aim="nothing"))
    hall.picture("aim-active")
    assert hall.enrol_on(Wishes(aim="code_reissue")) == "thanks"
    known.sends()
    new = [paper for paper in known.town.papers() if is_slip_b(paper)][-1]
    assert new != known.slip
    # Tried before the guard's round the old code would still open, and the new one would then wait its day.
    wait_for("the guard's round", lambda: not known.town.at_vault("SELECT 1 FROM slips WHERE due_ms IS NOT NULL"))
    assert home.activate(address_in(known.slip, home)) == "void"
    assert home.activate(address_in(new, home)) == "activated"


def test_an_access_refused_later_loses_its_wrap(known: Known, hall: Guest) -> None:
    before = Traces(known.town)
    assert "break_glass" in before.wraps(known.dossier)
    hall.speak("ar")
    assert hall.enrol(known.card, Wishes(aim="consent_change", break_glass=False)) == "thanks"
    known.sends()
    assert before.refusals_at_central(known.dossier) == (True, False)
    wait_for("the wrap is gone", lambda: "break_glass" not in before.wraps(known.dossier))
    assert known.effect("consent_change") == ["done"]


def test_an_access_granted_later_gets_its_wrap(town: Town, hall: Guest, card: str) -> None:
    before = Traces(town)
    assert town.visit(PHARMACY).enrol(card, Wishes(email="connu@exemple.fr", centre_15=False)) == "done"
    town.wait_until_all_is_sent()
    dossier = before.the_dossier()
    assert "centre_15" not in before.wraps(dossier)
    assert hall.enrol(card, Wishes(aim="consent_change")) == "thanks"
    town.wait_until_all_is_sent(HALL)
    wait_for("the wrap is made", lambda: "centre_15" in before.wraps(dossier))


def test_another_contact_is_where_the_holder_is_written_to(known: Known, hall: Guest, home: Home) -> None:
    wishes = Wishes(aim="contact_change", mobile="06 12 34 56 31", proves=True)
    assert hall.enrol(known.card, wishes) == "thanks"
    known.sends()
    assert known.effect("contact_change") == ["done"]
    assert home.activate(address_in(known.slip, home), proves="+33612345631") == "activated"


def test_a_closed_dossier_is_reopened_with_a_consent_of_its_own(known: Known, hall: Guest, home: Home) -> None:
    hall.speak("en")
    assert hall.enrol(known.card, Wishes(aim="closure_request")) == "thanks"
    hall.hand.pull()
    known.sends()
    assert known.state() == "closed"
    wait_for("the vault closed it too", lambda: home.activate(address_in(known.slip, home)) != "activated")
    before = Traces(known.town)
    hall.up_to("aim", card=known.card, wishes=Wishes(aim="nothing"))
    hall.picture("aim-closed")
    assert hall.enrol_on(Wishes(aim="reactivation", email="connu@exemple.fr")) == "thanks"
    known.sends()
    assert known.state() == "created"
    assert before.dossiers() == []
    assert before.cents(known.dossier) == [100]  # of the first opening; a reactivation pays nothing
    new = address_in(known.town.papers()[-1], home)
    wait_for("the guard made the code good", lambda: home.activate(new) == "activated")


def test_no_to_the_closure_leaves_no_record(known: Known, hall: Guest) -> None:
    kept = known.town.at_terminal(HALL, "SELECT count(*) FROM records")
    hall.up_to("close", card=known.card, wishes=Wishes(aim="closure_request"))
    hall.touch("no")
    hall.see("unchanged")
    assert known.town.at_terminal(HALL, "SELECT count(*) FROM records") == kept
