"""What a terminal is told of its place, and who else is not told."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select, update

from central.devices.fleet import Fleet
from central.devices.models import devices, operators
from central.engine import reading, writing
from central.errors import SetupError
from provisioning.authority import renew_bundle
from tests.central.web_site import HALL, PHARMACY, CentralSite, Terminal
from wire import homes
from wire.configuration import Configuration, Regime, open_configuration
from wire.identifiers import TerminalId, milliseconds
from wire.trust import KeyUse, open_bundle


@pytest.fixture
def terminal(site: CentralSite) -> Terminal:
    site.fleet(HALL, PHARMACY)
    return site.registered()


def opened(terminal: Terminal, document: bytes) -> Configuration:
    bundle = open_bundle(terminal.answer.bundle, terminal.site.root, now=terminal.site.clock.now)
    return open_configuration(document, bundle.verifying_key(KeyUse.ANSWER), terminal=TerminalId(terminal.name))


def test_unchanged_is_said_without_a_body(terminal: Terminal) -> None:
    first = terminal.ask_configuration()
    terminal.site.clock.pass_by(days=1)
    second = terminal.ask_configuration(held=first.headers["ETag"])
    assert (second.status_code, second.data) == (304, b"")


def test_a_new_operator_changes_the_configuration_and_its_version(terminal: Terminal) -> None:
    before = terminal.ask_configuration()
    terminal.site.clock.pass_by(seconds=1)
    terminal.site.operator("AGENT-2")
    after = terminal.ask_configuration(held=before.headers["ETag"])
    old, new = (opened(terminal, answer.data) for answer in (before, after))
    assert (old.operators, [entry.operator for entry in new.operators]) == ((), ["AGENT-2"])
    assert new.version > old.version
    assert before.headers["ETag"] != after.headers["ETag"]


def test_operators_of_another_office_are_not_in_it(terminal: Terminal) -> None:
    terminal.site.operator("PHARM-1", PHARMACY.office, "pharmacist")
    assert opened(terminal, terminal.ask_configuration().data).operators == ()


def test_an_operator_who_left_is_no_longer_in_it(terminal: Terminal) -> None:
    terminal.site.operator("AGENT-1")
    with writing(terminal.site.engine) as connection:
        connection.execute(update(operators).values(retired_ms=1))
    assert opened(terminal, terminal.ask_configuration().data).operators == ()


def test_a_terminal_in_a_pharmacy_opens_by_the_pharmacys_channel(terminal: Terminal) -> None:
    other = terminal.site.registered("PHARM-974-01-A", PHARMACY.office)
    told = opened(other, other.ask_configuration().data)
    assert (told.channel.value, told.sub_channel.value, told.finess) == ("pharmacy", "counter", "750712184")


def test_a_stranger_who_signs_in_the_terminals_name_learns_nothing(terminal: Terminal) -> None:
    answer = terminal.ask_configuration(key=Ed25519PrivateKey.generate())
    assert (answer.status_code, answer.json["code"]) == (401, "signature")


def test_a_revoked_terminal_learns_nothing(terminal: Terminal) -> None:
    terminal.site.revoke(terminal.name)
    answer = terminal.ask_configuration()
    assert (answer.status_code, answer.json["code"]) == (403, "terminal_revoked")


def test_a_stranger_is_not_told_which_terminals_are_revoked(terminal: Terminal) -> None:
    terminal.site.revoke(terminal.name)
    assert terminal.ask_configuration(key=Ed25519PrivateKey.generate()).json["code"] == "signature"


def test_an_unknown_terminal_is_told_so(terminal: Terminal) -> None:
    answer = Terminal(terminal.site, "HALL-75-01-Z", terminal.key, terminal.answer).ask_configuration()
    assert (answer.status_code, answer.json["code"]) == (403, "terminal_unknown")


def test_an_expected_terminal_that_never_came_is_unknown(terminal: Terminal) -> None:
    terminal.site.ticket("HALL-75-01-Z")
    answer = Terminal(terminal.site, "HALL-75-01-Z", terminal.key, terminal.answer).ask_configuration()
    assert answer.json["code"] == "terminal_unknown"


def test_asking_is_a_sign_of_life_written_at_most_once_in_ten_minutes(terminal: Terminal) -> None:
    site = terminal.site
    seen = []
    for wait in (0, 9, 2):
        site.clock.pass_by(minutes=wait)
        terminal.ask_configuration()
        with reading(site.engine) as connection:
            seen.append(connection.execute(select(devices.c.last_seen_ms)).scalar_one())
    start = site.clock.now - timedelta(minutes=11)
    assert seen == [milliseconds(start), milliseconds(start), milliseconds(site.clock.now)]


def test_the_bundle_is_shown_to_anyone_and_unchanged_costs_no_body(site: CentralSite) -> None:
    client = site.app.test_client()
    first = client.get("/v1/trust")
    assert open_bundle(first.data, site.root, now=site.clock.now).serial == 1
    second = client.get("/v1/trust", headers={"If-None-Match": first.headers["ETag"]})
    assert (second.status_code, second.data) == (304, b"")


def test_a_renewed_bundle_is_shown_without_a_restart(site: CentralSite) -> None:
    client = site.app.test_client()
    before = client.get("/v1/trust")
    renew_bundle(site.programme, now=site.clock.now, days=365)
    after = client.get("/v1/trust", headers={"If-None-Match": before.headers["ETag"]})
    assert open_bundle(after.data, site.root, now=site.clock.now).serial == 2


def test_an_older_bundle_put_back_is_not_shown(site: CentralSite) -> None:
    path, client = site.home / homes.TRUST_BUNDLE, site.app.test_client()
    older = path.read_bytes()
    renew_bundle(site.programme, now=site.clock.now, days=365)
    newer = client.get("/v1/trust").data
    path.write_bytes(older)
    os.utime(path, ns=(1, 1))  # the clock of the file system is coarse: make the change visible
    assert client.get("/v1/trust").data == newer


def test_regime_languages_and_proofs_are_centrals_own_settings(terminal: Terminal) -> None:
    told = opened(terminal, terminal.ask_configuration().data)
    assert (told.regime, told.languages) == (Regime.OPT_IN, ("fr", "en", "ar"))
    assert not told.proves_contacts  # no way out is set: a screen that asks for a code would wait for nothing


def test_a_pharmacy_may_ask_as_the_guide_does_and_its_terminals_learn_it(terminal: Terminal) -> None:
    site = terminal.site
    counter = site.registered("PHARM-974-01-A", PHARMACY.office)
    before = counter.ask_configuration()
    with writing(site.engine) as connection:
        Fleet(connection, now=site.clock.now, shards=1).pre_tick(PHARMACY.office, wanted=True)
    after = counter.ask_configuration(held=before.headers["ETag"])
    told = [opened(counter, answer.data).pre_ticked_emergency for answer in (before, after)]
    assert (told, site.audit_tags()[-1]) == ([False, True], "office:changed")


def test_in_a_hall_nothing_is_ticked_before_the_person_answers(terminal: Terminal) -> None:
    with writing(terminal.site.engine) as connection, pytest.raises(SetupError):
        Fleet(connection, now=terminal.site.clock.now, shards=1).pre_tick(HALL.office, wanted=True)


def test_a_preparer_is_among_the_operators_that_a_terminal_knows(terminal: Terminal) -> None:
    site = terminal.site
    site.operator("PREP-1", PHARMACY.office, "preparer")
    counter = site.registered("PHARM-974-01-A", PHARMACY.office)
    told = opened(counter, counter.ask_configuration().data)
    assert [(entry.operator, entry.role) for entry in told.operators] == [("PREP-1", "preparer")]
