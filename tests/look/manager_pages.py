"""The managers' pages as they come to each role, opened in chromium: for pictures, and for axe."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pyotp
from playwright.sync_api import Page
from sqlalchemy import insert, select

from central.counters.models import Measure
from central.counters.tally import Place
from central.devices.models import conditions
from central.engine import in_transaction, reading, writing
from central.intake.models import records
from central.published.service import import_series, shipped
from central.staff.permissions import Role
from central.staff.provider.settings import ProviderSettings
from central.statements.closing import close_upto
from tests.central.abuse.filing import file_case
from tests.central.served import served
from tests.central.web_site import HALL, PASSWORD, PHARMACY, CentralSite
from wire.identifiers import milliseconds

PROVIDER = ProviderSettings(
    issuer="https://identite.example", client_id="central", client_secret="s" * 32, acr_values=("eidas2",)
)


@contextmanager
def served_managers(folder: Path) -> Iterator[tuple[CentralSite, str]]:
    """A central on a real port, with two offices and somebody of every role; closed when the block ends."""
    site = CentralSite(folder, public_url="http://127.0.0.1", second_factor=True, provider=PROVIDER)
    site.fleet(HALL, PHARMACY)
    site.registered("HALL-75-01-A", HALL.office)
    site.ticket("HALL-75-01-B", HALL.office)
    _open_some(site)
    site.manager("RESP-11", "11", is_printed=True)
    site.manager("AUDIT", role=Role.AUDITOR)
    site.manager("PARC", role=Role.FLEET_OPERATOR)
    site.manager("PRIMES", role=Role.BONUS_OFFICER)
    series, sources = shipped()
    in_transaction(
        site.engine,
        lambda connection: import_series(connection, series, sources, by="command", now=site.clock.now, shards=1),
    )
    _be_lively(site)
    with served(site.app) as url:
        yield site, url
    site.close()


def _open_some(site: CentralSite) -> None:
    """Three openings at the pharmacy, and two cases that rest on them."""
    terminal = site.enrolling_terminal()
    for person in (1, 2, 3):
        terminal.enrol(person, at=site.clock.now)
    assert site.send(terminal).status_code == 200
    file_case(site, "bursts", "18", 120)
    file_case(site, "shared_contacts", "7 3", 70)


def _be_lively(site: CentralSite) -> None:
    """Every shade of the map, every reason to look at a terminal but the rarest: what is empty hides its faults."""
    for opened, departement in enumerate(("75", "77", "78", "91", "92"), start=1):
        place = Place("desk", "hall_terminal", "11", departement, HALL.office, "HALL-75-01-A")
        site.count(Measure.DOSSIERS_OPENED, site.clock.now.date().isoformat(), place, opened)
    at = milliseconds(site.clock.now)
    told = {"terminal_id": "HALL-75-01-A", "faults": "P-03 N-01", "enrols": False, "asked_ms": at, "changed_ms": at}
    with writing(site.engine) as connection:
        connection.execute(insert(conditions).values(told))
    site.clock.pass_by(days=2)


def type_in(page: Page, **fields: str) -> None:
    """Fill the form and send it."""
    for name, text in fields.items():
        page.fill(f"#{name}", text)
    page.click("main form button")
    page.wait_for_load_state()


def first_sign_in(page: Page, address: str, site: CentralSite, name: str) -> Iterator[str]:
    """Every page from the sign-in to the one they land on, one after the other: what each is called."""
    page.goto(f"{address}/connexion")
    yield "sign-in"
    type_in(page, name=name, password="wrong wrong wrong")
    yield "sign-in refused"
    type_in(page, name=name, password=PASSWORD)
    yield "authenticator"
    secret = page.inner_text(".secret").replace(" ", "")
    type_in(page, code="000000")
    yield "authenticator refused"
    type_in(page, code=pyotp.TOTP(secret).at(site.clock.now))
    yield "recovery codes"
    page.click("a.button")
    page.wait_for_load_state()
    if "mot-de-passe" in page.url:
        yield "own password"
        type_in(page, password="cinq poires dans un panier", again="cinq poires dans un panier")


def every_page(page: Page, address: str, site: CentralSite) -> Iterator[str]:
    """All pages of the door and of the roles."""
    yield from first_sign_in(page, address, site, "RESP-11")
    for path, name in (
        ("/tableau", "dashboard"),
        ("/tableau?departement=75&pas=semaine", "departement"),
        ("/points-a-suivre", "points to see to"),
        ("/deploiement", "roll-out"),
        ("/compte", "account"),
        ("/bornes", "terminals"),
        (f"/points/{HALL.office}", "office"),
        ("/bornes/HALL-75-01-A", "terminal"),
        ("/enregistrement", "forbidden"),
        ("/bornes/PHARM-974-01-A", "elsewhere"),
    ):
        page.goto(address + path)
        yield name
    page.context.clear_cookies()
    for _ in first_sign_in(page, address, site, "AUDIT"):
        pass
    for path, name in (
        ("/enregistrement", "record asked"),
        ("/indicateur", "indicator"),
        ("/exports", "exports"),
        ("/exports/serie.csv?from=2026-02-30", "exports refused"),
    ):
        page.goto(address + path)
        yield name
    page.context.clear_cookies()
    for _ in first_sign_in(page, address, site, "PRIMES"):
        pass
    page.goto(f"{address}/releves")
    yield "no statements"
    close_upto(site.engine, "2026-11", by="MARTIN-1", shards=1, now_ms=milliseconds(datetime(2026, 12, 2, tzinfo=UTC)))
    page.goto(f"{address}/releves?mois=2026-11")
    yield "statements"
    page.goto(f"{address}/releves/{PHARMACY.office}")
    yield "statement"
    page.goto(f"{address}/enregistrement")
    with reading(site.engine) as connection:
        number = uuid.UUID(bytes=connection.execute(select(records.c.record_id).limit(1)).scalar_one())
    page.fill("#record", str(number))
    page.select_option("#reason", "bonus_check")
    page.click("main form button")
    page.wait_for_load_state()
    yield "record"
    page.goto(f"{address}/controles")
    yield "cases"
    page.click("text=Rafale")
    yield "case"
    page.select_option("#finding", "on_duty")
    page.click("text=Décider")
    page.wait_for_load_state()
    yield "case decided"
    page.context.clear_cookies()
    page.goto(f"{address}/connexion")
    type_in(page, name="AUDIT", password=PASSWORD)
    yield "code"
    for _ in range(5):
        type_in(page, code="000000")
        if page.query_selector("#code") is None:
            break
    yield "locked"
    page.goto(f"{address}/connexion/fournisseur/retour?error=access_denied")
    yield "not admitted"
