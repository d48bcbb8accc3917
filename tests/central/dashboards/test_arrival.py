"""From the terminal's batch to the manager's page, through the real doors."""

from __future__ import annotations

import html

from tests.central.web_site import PHARMACY, CentralSite
from tests.fakes.terminal import FakeTerminal


def arrived(site: CentralSite) -> FakeTerminal:
    site.fleet(PHARMACY)
    site.manager("RESP-04", "04")
    terminal = site.enrolling_terminal()
    terminal.enrol(1, at=site.clock.now)
    terminal.enrol(2, at=site.clock.now)
    terminal.refuse(at=site.clock.now)
    assert site.send(terminal).status_code == 200
    return terminal


def page(site: CentralSite) -> str:
    browser = site.browser()
    browser.sign_in("RESP-04")
    return html.unescape(browser.get("/tableau/vivant").text).replace("\u202f", " ")


def test_what_arrives_is_counted_and_paid_on_the_page(site: CentralSite) -> None:
    arrived(site)
    shown = page(site)
    assert 'data-test="opened">2<' in shown
    assert 'data-test="refused">1<' in shown
    assert 'data-test="accrued">2,00 €<' in shown
    assert 'data-test="outbox">2<' in shown


def test_a_batch_sent_twice_changes_no_number(site: CentralSite) -> None:
    terminal = arrived(site)
    before = page(site)
    assert site.send(terminal).status_code == 200
    assert page(site) == before


def test_the_page_names_nobody(site: CentralSite) -> None:
    arrived(site)
    shown = page(site)
    assert not [word for word in ("SPÉCIMEN", "LÉA", "lea.specimen", "1900315") if word in shown]
