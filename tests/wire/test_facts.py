"""The facts of every kind, against the published vectors (tests/vectors/wire/returning.json)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from wire.canonical import encode
from wire.errors import FormatError
from wire.facts import read_administrative
from wire.records import RecordKind
from wire.vault_parts import read_vault_change

VECTOR = json.loads((Path(__file__).parents[1] / "vectors/wire/returning.json").read_text(encoding="utf-8"))
WITHOUT = {RecordKind.ENROLMENT.value, RecordKind.SLIP_OUTCOME.value, RecordKind.REFUSAL.value}  # the latter has none


@pytest.mark.parametrize("kind", sorted({kind.value for kind in RecordKind} - WITHOUT))
def test_each_kind_reads_back_as_itself_byte_for_byte(kind: str) -> None:
    published = bytes.fromhex(VECTOR["facts"][kind])
    facts = read_administrative(published)
    assert encode(facts) == published
    assert facts.__struct_config__.tag == kind


def test_facts_of_a_kind_that_is_not_known_are_malformed() -> None:
    unknown = bytes.fromhex(VECTOR["facts"]["opposition"]).replace(b"opposition", b"opposal123")
    with pytest.raises(FormatError):
        read_administrative(unknown)


def test_facts_without_their_identity_check_are_malformed() -> None:
    cut = bytes.fromhex(VECTOR["facts"]["code_reissue"]).replace(b"identity_check", b"identity_chick")
    with pytest.raises(FormatError):
        read_administrative(cut)


def test_facts_say_nothing_of_a_person_when_they_are_shown() -> None:
    assert "SPÉCIMEN" not in repr(read_administrative(bytes.fromhex(VECTOR["facts"]["reactivation"])))


@pytest.mark.parametrize("kind", sorted(VECTOR["vault_changes"]))
def test_each_change_for_the_vault_reads_back_as_itself(kind: str) -> None:
    published = bytes.fromhex(VECTOR["vault_changes"][kind])
    assert encode(read_vault_change(published)) == published


def test_a_change_that_says_nothing_of_an_access_leaves_it_alone() -> None:
    closing = read_vault_change(bytes.fromhex(VECTOR["vault_changes"]["closure_request"]))
    assert (closing.is_closed, closing.break_glass, closing.centre_15, closing.locator) == (True, None, None, None)
