"""Codes on paper against the codes that records ask for, as the vault would read them."""

from __future__ import annotations

from dataclasses import dataclass

from tests.scenarios.expecting import sheets
from tests.scenarios.rig import ScenarioRig
from wire.codes import ActivationCode
from wire.dossier_keys import code_key
from wire.identifiers import RecordId
from wire.records import RecordKind
from wire.sealing import SealPurpose, unseal
from wire.trust import KeyUse
from wire.vault_parts import read_vault_change, read_vault_part


@dataclass(frozen=True, slots=True, repr=False)
class AskedCode:
    """The code that one record asks the vault to honour; the newest record of a person is the one that counts."""

    record_id: RecordId
    locator: str
    public: bytes

    def is_opened_by(self, code: str) -> bool:
        """Whether what stands on a paper is this code."""
        key = code_key(ActivationCode.parse(code), self.record_id)
        return key.public_key().public_bytes_raw() == self.public


def demand_codes_of_records(rig: ScenarioRig) -> None:
    """Every whole slip B bears the code that a record at central asked for, and no code can be read on two papers."""
    asked = {one.locator: one for one in asked_codes(rig)}
    papers = sheets(rig)
    for sheet in papers:
        if sheet.slip == "B" and sheet.is_whole:
            assert sheet.locator in asked, "a code on paper that no record asks for"
            assert sheet.code is not None
            assert asked[sheet.locator].is_opened_by(sheet.code), "a code on paper that does not open its record"
    readable = [sheet.code for sheet in papers if sheet.code is not None]
    assert len(readable) == len(set(readable)), "one code on two papers"


def asked_codes(rig: ScenarioRig) -> list[AskedCode]:
    """In the order of the records."""
    found = []
    for arrived in sorted(rig.around.central.arrived, key=lambda one: one.item.routing.sequence):
        item = arrived.item
        if item.record.vault is None:
            continue
        record_id = RecordId(item.routing.record_id)
        key = rig.around.programme.sealing[KeyUse.VAULT]
        opened = unseal(item.record.vault, key, SealPurpose.VAULT_PART, record_id, item.routing.terminal)
        is_new = item.routing.kind == RecordKind.ENROLMENT.value
        part = read_vault_part(opened) if is_new else read_vault_change(opened)
        if part.locator is not None and part.code_public is not None:
            found.append(AskedCode(record_id, part.locator, part.code_public))
    return found
