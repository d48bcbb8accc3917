"""A closed dossier ends: after ten years, within three months of a wish, at once where it should never have been."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from central.vault.audit import verify_chain
from central.vault.destruction import AT_ONCE, Destruction, due_ms
from central.vault.models import dossiers, metadata
from tests.central.vault.site import VaultSite, state_of
from wire.evidence import Contact
from wire.handover import ANNULMENT, HandOverAction, HandOverOutcome
from wire.identifiers import DossierId, moment
from wire.retention import DAYS_TO_DELETE

LEFT = {"records", "dossiers", "slips", "events", "audit"}
"""Where a destroyed dossier may still be named: what came, its row, void slips, what was told, the certificate."""
CLOSED = datetime(2026, 11, 22, 9, tzinfo=UTC)


def naming(site: VaultSite, dossier: DossierId) -> set[str]:
    """The tables in which a dossier has rows."""
    tables = (table for table in metadata.tables.values() if "dossier_id" in table.c)
    return {table.name for table in tables if any(row["dossier_id"] == dossier.value for row in site.rows(table))}


def annul(site: VaultSite, dossier: DossierId) -> None:
    item = site.change_item(site.change(is_closed=True, delete_now=True), dossier, kind=ANNULMENT)
    (result,) = site.hand_over(item)
    assert result.outcome is HandOverOutcome.KEPT, result.code


def destroy(site: VaultSite) -> int:
    return Destruction(site.engine, site.clock).round()


@pytest.mark.parametrize(
    ("kind", "delete_now", "due"),
    [
        ("closure_request", False, "2036-11-24"),
        ("closure_request", True, "2027-02-11"),
        ("opposition", False, "2036-11-24"),
    ],
)
def test_a_closed_dossier_is_due_once_it_can_no_longer_be_opened_again(
    kind: str, due: str, *, delete_now: bool
) -> None:
    at_ms = due_ms(kind, delete_now=delete_now, now_ms=int(CLOSED.timestamp() * 1000))
    assert moment(at_ms).isoformat() == f"{due}T00:00:00+00:00"


def test_an_express_wish_is_over_well_within_three_months() -> None:
    closed_ms = int(CLOSED.timestamp() * 1000)
    kept = moment(due_ms("closure_request", delete_now=True, now_ms=closed_ms)) - CLOSED
    assert DAYS_TO_DELETE < kept.days < 89


def test_nothing_is_destroyed_before_its_time(site: VaultSite) -> None:
    dossier, _ = site.opened_dossier()
    site.take_change(dossier, is_closed=True, delete_now=True)
    site.clock.pass_by(days=DAYS_TO_DELETE)
    assert destroy(site) == 0
    assert site.roles(dossier) == {"recovery"}


def test_what_is_left_of_a_destroyed_dossier_is_its_row_and_that_it_was(post: VaultSite) -> None:
    dossier, enrolment = post.opened_dossier(contact=Contact(email="marie@exemple.fr", email_proved=True))
    post.take_change(dossier, contact=Contact(email="autre@exemple.fr"))
    post.take_change(dossier, code=True)
    post.take_change(dossier, is_closed=True, delete_now=True)
    assert naming(post, dossier) - LEFT >= {"wraps", "generations", "contacts", "notices"}
    post.clock.pass_by(days=DAYS_TO_DELETE + 2)
    assert destroy(post) == 1
    assert naming(post, dossier) == LEFT
    assert state_of(post.activate_slip(enrolment)) == "void"


def test_a_destruction_is_certified_and_told_once(site: VaultSite) -> None:
    dossier, _ = site.opened_dossier()
    annul(site, dossier)
    assert [destroy(site), destroy(site)] == [1, 0]
    assert site.tags()[-1] == "dossier:destroyed"
    assert site.told()[-1] == "dossier_destroyed"
    with site.engine.connect() as conn:
        assert verify_chain(conn) == len(site.tags())


def test_an_annulled_opening_is_destroyed_in_the_next_round_of_the_worker(site: VaultSite) -> None:
    annulled, _ = site.opened_dossier()
    other, _ = site.opened_dossier()
    annul(site, annulled)
    site.guard()
    assert naming(site, annulled) == LEFT
    assert site.roles(other) > {"recovery"}


def test_a_closed_dossier_is_kept_for_ten_years(site: VaultSite) -> None:
    dossier, _ = site.opened_dossier()
    site.take_change(dossier, is_closed=True)
    site.clock.now = datetime(2036, 11, 23, 23, tzinfo=UTC)
    assert destroy(site) == 0
    site.clock.pass_by(hours=1)
    assert destroy(site) == 1


def test_a_wish_that_comes_after_the_closing_hastens_its_end_and_a_later_closing_does_not_put_it_off(
    site: VaultSite,
) -> None:
    dossier, _ = site.opened_dossier()
    site.take_change(dossier, is_closed=True)
    site.take_change(dossier, is_closed=True, delete_now=True)
    (row,) = site.rows(dossiers)
    site.clock.pass_by(days=1)
    site.take_change(dossier, is_closed=True)
    assert [row["destroy_due_ms"]] == [again["destroy_due_ms"] for again in site.rows(dossiers)]


def test_a_dossier_opened_again_is_not_destroyed(site: VaultSite) -> None:
    dossier, _ = site.opened_dossier()
    site.take_change(dossier, is_closed=True, delete_now=True)
    site.take_change(dossier, is_closed=False, code=True)
    site.clock.pass_by(days=3653)
    assert destroy(site) == 0
    assert "wraps" in naming(site, dossier)


def test_who_asks_for_a_destroyed_dossier_is_refused_and_nothing_is_kept_of_it(site: VaultSite) -> None:
    dossier, _ = site.opened_dossier()
    annul(site, dossier)
    destroy(site)
    reopening = site.change_item(site.change(is_closed=False, code=True), dossier)
    second = site.item(site.enrol(contact=Contact(email="a@exemple.fr")), dossier, HandOverAction.CODE_REQUEST)
    results = [*site.hand_over(reopening), *site.hand_over(second)]
    assert [result.code for result in results] == ["dossier_destroyed"] * 2
    assert naming(site, dossier) == LEFT


def test_a_closing_told_again_by_central_is_recognised_after_the_end(site: VaultSite) -> None:
    dossier, _ = site.opened_dossier()
    item = site.change_item(site.change(is_closed=True, delete_now=True), dossier, kind=ANNULMENT)
    site.hand_over(item)
    destroy(site)
    assert [result.outcome for result in site.hand_over(item)] == [HandOverOutcome.ALREADY]


def test_many_that_are_due_are_destroyed_round_by_round(site: VaultSite) -> None:
    for _ in range(AT_ONCE + 1):
        dossier, _ = site.opened_dossier(slip=False)
        annul(site, dossier)
    assert [destroy(site), destroy(site), destroy(site)] == [AT_ONCE, 1, 0]


def letters(post: VaultSite) -> list[tuple[str | None, str]]:
    """Subject and text of what was sent by e-mail."""
    post.guard()
    return [(letter.subject, letter.body) for letter in post.letters]


@pytest.mark.parametrize(
    ("delete_now", "subject", "until"),
    [(False, "Votre dossier a été fermé", "12/11/2036"), (True, "Votre dossier va être supprimé", "30/01/2027")],
)
def test_the_holder_is_told_of_a_closing_and_until_when_it_can_be_undone(
    post: VaultSite, subject: str, until: str, *, delete_now: bool
) -> None:
    dossier, _ = post.opened_dossier(contact=Contact(email="marie@exemple.fr", email_proved=True))
    post.take_change(dossier, is_closed=True, delete_now=delete_now)
    ((said, text),) = letters(post)
    assert said == subject
    assert until in text


def test_who_replaced_the_contact_first_does_not_close_unseen(post: VaultSite) -> None:
    dossier, _ = post.opened_dossier(contact=Contact(email="marie@exemple.fr", email_proved=True))
    post.take_change(dossier, contact=Contact(email="autre@exemple.fr"))
    post.take_change(dossier, is_closed=True, delete_now=True)
    post.guard()
    told = {letter.to for letter in post.letters if letter.subject == "Votre dossier va être supprimé"}
    assert told == {"marie@exemple.fr", "autre@exemple.fr"}


def test_closing_again_tells_nobody_again_but_a_wish_for_the_end_does(post: VaultSite) -> None:
    dossier, _ = post.opened_dossier(contact=Contact(email="marie@exemple.fr"))
    for delete_now in (False, False, True, True):
        post.take_change(dossier, is_closed=True, delete_now=delete_now)
    assert [subject for subject, _ in letters(post)] == ["Votre dossier a été fermé", "Votre dossier va être supprimé"]


def test_what_was_opened_again_before_the_notice_left_is_not_called_closed(post: VaultSite) -> None:
    dossier, _ = post.opened_dossier(contact=Contact(email="marie@exemple.fr"))
    post.take_change(dossier, is_closed=True, delete_now=True)
    post.take_change(dossier, is_closed=False)
    assert letters(post) == []


def test_of_an_annulment_the_vault_writes_to_nobody(post: VaultSite) -> None:
    """The contact may be another person's than the one in whose name the dossier was opened."""
    dossier, _ = post.opened_dossier(contact=Contact(email="marie@exemple.fr"))
    annul(post, dossier)
    assert letters(post) == []
