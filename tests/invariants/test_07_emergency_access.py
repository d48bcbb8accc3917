"""Invariant 7: emergency access exists as a key; for who refused, no wrap was ever made."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tests.town.town import PHARMACY, Town
from tests.town.visitor import Wishes
from wire.identifiers import RecordId, TerminalId
from wire.records import read_record, read_routing
from wire.sealing import SealPurpose, unseal
from wire.vault_parts import read_vault_part

pytestmark = pytest.mark.processes
CHOICES = [(True, True), (True, False), (False, True), (False, False)]


@pytest.mark.parametrize(("break_glass", "centre_15"), CHOICES)
def test_invariant_07_a_refused_emergency_wrap_never_existed(town: Town, break_glass: bool, centre_15: bool) -> None:
    if town.pharmacy.is_dead():
        town.start()
    wishes = Wishes(email="canari@exemple.fr", break_glass=break_glass, centre_15=centre_15)
    card = f"crowd-{70 + CHOICES.index((break_glass, centre_15))}"
    assert town.visit(PHARMACY).enrol(card, wishes) == "done"
    town.wait_until_all_is_sent()
    wanted = {"patient", "recovery"}
    wanted |= {"break_glass"} if break_glass else set()
    wanted |= {"centre_15"} if centre_15 else set()
    ((dossier, raw),) = town.at_central(
        "SELECT dossier_id, raw FROM dossiers JOIN records USING (record_id) ORDER BY records.sequence DESC LIMIT 1"
    )
    assert {role for (role,) in town.at_vault("SELECT role FROM wraps WHERE dossier_id = ?", dossier)} == wanted
    # Nor was it in what the terminal sealed and central carried.
    record = read_record(raw)
    key = load_pem_private_key((town.folder / "vault" / "vault.key").read_bytes(), password=None)
    assert isinstance(key, X25519PrivateKey)
    assert record.vault is not None
    name = RecordId(read_routing(record.routing).record_id)
    part = read_vault_part(unseal(record.vault, key, SealPurpose.VAULT_PART, name, TerminalId(PHARMACY.terminal)))
    assert (part.wrap_break_glass is not None, part.wrap_centre_15 is not None) == (break_glass, centre_15)
