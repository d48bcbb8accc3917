"""From central's word to the vault's certificate, and back: what was destroyed no longer waits for anybody."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

from sqlalchemy import select

from central.app import intake_parts
from central.engine import in_transaction, reading
from central.enrolments.models import dossiers
from central.intake.annulment import annul
from central.keys import load_keys
from central.staff.permissions import Role
from central.vault.destruction import Destruction
from central.vault.models import dossiers as at_vault
from central.vault.models import wraps
from tests.central.vault.pair import Pair
from wire.identifiers import RecordId, milliseconds

Run = Callable[..., tuple[int, str, str]]


def end(pair: Pair, record: RecordId) -> None:
    """Central annuls; then the vault hears of it, destroys, and central hears of that."""
    site = pair.site
    parts = intake_parts(site.settings, load_keys(site.home, now=site.clock.now), site.engine)
    now_ms = milliseconds(site.clock.now)
    in_transaction(
        site.engine,
        partial(annul, parts=parts, record_id=record.value, because="no_consent", by="CHEF-1", now_ms=now_ms),
    )
    pair.hand_over()
    Destruction(pair.vault.engine, site.clock).round()
    pair.hand_over()


def destroyed_on(pair: Pair) -> list[Any]:
    """Central's dossiers, oldest first."""
    with reading(pair.site.engine) as connection:
        return list(connection.scalars(select(dossiers.c.destroyed_on).order_by(dossiers.c.received_ms)))


def test_what_is_annulled_at_central_is_destroyed_at_the_vault_and_central_knows_the_day(run: Run, pair: Pair) -> None:
    record = pair.enrol(1)
    pair.enrol(2)
    pair.hand_over()
    end(pair, record)
    assert sorted(row["destroyed_ms"] is not None for row in pair.vault.rows(at_vault)) == [False, True]
    assert len({row["dossier_id"] for row in pair.vault.rows(wraps)}) == 1
    assert destroyed_on(pair) == [pair.site.clock.now.date().isoformat(), None]
    code, out, _ = run("verify")
    assert code == 0, out


def test_a_destruction_told_twice_is_written_down_once(run: Run, pair: Pair) -> None:
    record = pair.enrol(1)
    pair.hand_over()
    end(pair, record)
    run("hand-over-since", "2026-01-01", "--events", "0")
    pair.hand_over()
    assert run("verify")[0] == 0


def test_the_record_of_a_destroyed_dossier_says_so(pair: Pair) -> None:
    record = pair.enrol(1)
    pair.hand_over()
    end(pair, record)
    pair.site.manager("AUDITOR", role=Role.AUDITOR)
    browser = pair.site.browser()
    browser.sign_in("AUDITOR")
    page = browser.post("/enregistrement", "/enregistrement", record=str(uuid.UUID(bytes=record.value)), reason="audit")
    assert "détruit" in page.text


def test_an_annulled_dossier_is_never_opened_again_not_even_on_that_day(pair: Pair) -> None:
    record = pair.enrol(1)
    pair.hand_over()
    end(pair, record)
    pair.site.clock.pass_by(minutes=5)
    pair.terminal.come_back("reactivation", 1, at=pair.site.clock.now)
    assert pair.site.send(pair.terminal).status_code == 200
    with reading(pair.site.engine) as connection:
        assert list(connection.scalars(select(dossiers.c.state))) == ["closed"]
