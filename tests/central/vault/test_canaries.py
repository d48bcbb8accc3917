from __future__ import annotations

import base64
import logging

import pytest

from tests.central.vault.site import PASSPHRASE, Enrolment, VaultSite, state_of
from tests.fakes.databases import written_by
from wire.codes import ActivationCode
from wire.dossier_keys import code_key


def forms(secret: bytes) -> set[bytes]:
    return {secret, secret.hex().encode(), base64.b64encode(secret), base64.urlsafe_b64encode(secret)}


def canaries(enrolment: Enrolment) -> set[bytes]:
    code = enrolment.code.grouped()
    texts = {code, code.replace("-", ""), code.lower(), PASSPHRASE, code.split("-")[1] + "-" + code.split("-")[2]}
    key = code_key(enrolment.code, enrolment.record_id).private_bytes_raw()
    dossier = enrolment.dossier_key.private_bytes_raw()
    return {text.encode() for text in texts} | forms(enrolment.code.secret) | forms(key) | forms(dossier)


@pytest.fixture
def used(site: VaultSite, caplog: pytest.LogCaptureFixture) -> tuple[VaultSite, list[Enrolment]]:
    """Slips in every state, each with its right code typed at least once."""
    caplog.set_level(logging.DEBUG)
    _, active = site.opened_dossier()
    _, locked = site.opened_dossier()
    _, expired = site.opened_dossier()
    missing = site.enrol()
    site.activate_slip(active)
    for _time in range(5):
        site.activate(locked.locator.grouped(), ActivationCode.new().grouped())
    site.activate_slip(missing)
    site.clock.pass_by(days=43)
    said = [state_of(site.activate_slip(enrolment)) for enrolment in (active, locked, expired)]
    assert said == ["used", "locked", "expired"]
    return site, [active, locked, expired, missing]


def test_invariant_05_no_code_passphrase_or_key_is_in_anything_the_vault_writes(
    used: tuple[VaultSite, list[Enrolment]],
) -> None:
    site, enrolments = used
    found = written_by(site.engine)
    assert enrolments[0].locator.value.encode() in found  # the search itself can find
    assert [canary for enrolment in enrolments for canary in canaries(enrolment) if canary in found] == []


def test_invariant_10_no_code_locator_or_address_is_in_a_log(
    used: tuple[VaultSite, list[Enrolment]], caplog: pytest.LogCaptureFixture
) -> None:
    _, enrolments = used
    logged = "\n".join(record.getMessage() for record in caplog.get_records("setup"))
    assert "activation: used" in logged
    for enrolment in enrolments:
        for text in (enrolment.code.grouped(), enrolment.locator.value, enrolment.locator.grouped(), PASSPHRASE):
            assert text not in logged
    assert "192.0.2.7" not in logged


def test_no_address_is_in_anything_the_vault_writes(used: tuple[VaultSite, list[Enrolment]]) -> None:
    site, _ = used
    assert b"192.0.2.7" not in written_by(site.engine)


@pytest.mark.only_on("sqlite")
def test_a_wrap_that_was_deleted_is_gone_from_the_database_file(site: VaultSite) -> None:
    _, enrolment = site.opened_dossier()
    assert enrolment.part.wrap_patient is not None
    assert enrolment.part.wrap_patient in written_by(site.engine)
    site.activate_slip(enrolment)
    with site.engine.connect() as conn:
        conn.exec_driver_sql("ROLLBACK")
        conn.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    assert enrolment.part.wrap_patient not in written_by(site.engine)
