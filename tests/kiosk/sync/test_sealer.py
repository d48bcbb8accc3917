"""Sealing: each part to its reader, in its context, within what central takes."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from kiosk.enrolment.place import TerminalPlace
from kiosk.enrolment.ports import RecordDraft
from kiosk.sync.sealer import ChainPlace, seal_parts
from kiosk.sync.server_time import Floor
from tests.fakes.drafts import NIR, enrolment
from tests.fakes.place import hall
from tests.fakes.programme import PRESENT, TERMINAL, Programme
from wire.errors import FormatError, SealError, TrustError
from wire.facts import EnrolmentFacts, read_administrative
from wire.records import read_record
from wire.sealing import SealPurpose, unseal
from wire.trust import KeyUse
from wire.vault_parts import read_vault_part


@pytest.fixture
def programme() -> Programme:
    return Programme()


@pytest.fixture
def place(programme: Programme) -> TerminalPlace:
    return hall(programme)


@pytest.fixture
def draft(place: TerminalPlace) -> RecordDraft:
    return enrolment(PRESENT, TERMINAL, place.trust)


def test_intake_opens_the_administrative_part_and_the_vault_its_own(
    draft: RecordDraft, place: TerminalPlace, programme: Programme
) -> None:
    raw = seal_parts(draft, place).at(ChainPlace(1, bytes(32)), Floor(None, None)).raw
    record = read_record(raw)
    assert record.administrative is not None
    assert record.vault is not None
    vault_key = programme.sealing[KeyUse.VAULT]
    facts = read_administrative(
        unseal(record.administrative, programme.intake, SealPurpose.ADMINISTRATIVE, draft.record_id, TERMINAL)
    )
    assert isinstance(facts, EnrolmentFacts)
    assert facts.traits.nir == NIR.compact
    part = read_vault_part(unseal(record.vault, vault_key, SealPurpose.VAULT_PART, draft.record_id, TERMINAL))
    assert part == draft.vault


def test_intake_cannot_open_the_vaults_part(draft: RecordDraft, place: TerminalPlace, programme: Programme) -> None:
    parts = seal_parts(draft, place)
    assert parts.vault is not None
    with pytest.raises(SealError):
        unseal(parts.vault, programme.intake, SealPurpose.VAULT_PART, draft.record_id, TERMINAL)


def test_what_central_would_never_take_is_refused_before_anybody_is_promised_anything(
    draft: RecordDraft, place: TerminalPlace
) -> None:
    facts = draft.administrative
    assert isinstance(facts, EnrolmentFacts)
    card = msgspec.structs.replace(facts.card, identity_file=bytes(20_000))
    long = replace(draft, administrative=msgspec.structs.replace(facts, card=card))
    with pytest.raises(FormatError) as refused:
        seal_parts(long, place)
    assert refused.value.code == "too_long"


def test_a_bundle_that_lacks_the_key_seals_nothing(draft: RecordDraft, place: TerminalPlace) -> None:
    keys = {use: key for use, key in place.trust.keys.items() if use is not KeyUse.VAULT}
    with pytest.raises(TrustError):
        seal_parts(draft, replace(place, trust=replace(place.trust, keys=keys)))


def test_a_sealed_record_shows_nothing_in_its_repr(draft: RecordDraft, place: TerminalPlace) -> None:
    parts = seal_parts(draft, place)
    shown = repr(parts) + repr(draft) + repr(parts.at(ChainPlace(1, bytes(32)), Floor(None, None)))
    assert "CANARI" not in shown
    assert NIR.compact not in shown
