"""What one hostile terminal seals for the vault is its own misfortune: everybody else's item is kept."""

from __future__ import annotations

from central.vault.models import dossiers
from tests.central.vault.site import VaultSite, new_dossier_id
from tests.fakes.awkward import variants
from wire.handover import HAND_OVER_COUNT, HandOverItem, HandOverOutcome
from wire.sealing import SealPurpose, seal
from wire.trust import KeyUse


def item_of(site: VaultSite, part: bytes) -> HandOverItem:
    enrolment = site.enrol()
    key = site.bundle.sealing_key(KeyUse.VAULT)
    return HandOverItem(
        record_id=enrolment.record_id.value,
        action=site.item(enrolment, new_dossier_id()).action,
        dossier_id=new_dossier_id().value,
        terminal=enrolment.terminal,
        vault=seal(part, key, SealPurpose.VAULT_PART, enrolment.record_id, enrolment.terminal),
        break_glass_refused=False,
        centre_15_refused=False,
    )


def test_whatever_a_field_of_a_vault_part_holds_the_others_are_kept(site: VaultSite) -> None:
    items = [item_of(site, part) for part in variants(site.enrol().part)]
    assert len(items) < HAND_OVER_COUNT
    good = site.enrol()
    *_, last = site.hand_over(*items, site.item(good, new_dossier_id()))
    assert last.outcome is HandOverOutcome.KEPT
    assert good.record_id.value in {row["record_id"] for row in site.rows(dossiers)}
