"""Invariant 3: a terminal at rest cannot read what it captured."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tests.town.canaries import code_on, of_code, of_person, seen_in, spelled
from tests.town.town import PHARMACY, Town
from tests.town.visitor import Wishes
from wire import homes
from wire.errors import SealError
from wire.identifiers import RecordId, TerminalId
from wire.records import read_record, read_routing
from wire.sealing import SealPurpose, unseal

pytestmark = pytest.mark.processes
SOMEBODY = 7
MOBILE = "0612345678"


def test_invariant_03_no_name_nir_code_or_contact_is_on_the_disk_of_a_stopped_terminal(town: Town) -> None:
    town.pharmacy.start()  # central is down: all stays on this disk
    wishes = Wishes(email="canari.trois@exemple.fr", mobile=MOBILE)
    assert town.visit(PHARMACY).enrol(f"crowd-{SOMEBODY}", wishes) == "done"
    town.pharmacy.stop()
    words = of_person(SOMEBODY) | of_code(code_on(town.papers()))
    words |= {word for text in (wishes.email, MOBILE, "+33612345678") for word in spelled(text)}
    home = town.folder / PHARMACY.folder
    assert town.at_terminal(PHARMACY, "SELECT count(*) FROM records WHERE raw IS NOT NULL")[0][0] >= 1
    assert seen_in(home, words) == []
    assert seen_in(town.folder / "logs", words) == []


def test_invariant_03_its_own_keys_open_nothing_of_it(town: Town) -> None:
    home = town.folder / PHARMACY.folder
    private = load_pem_private_key((home / homes.DEVICE_KEY).read_bytes(), password=None)
    own = X25519PrivateKey.from_private_bytes(private.private_bytes_raw())  # type: ignore[union-attr]
    parts = 0
    for (raw,) in town.at_terminal(PHARMACY, "SELECT raw FROM records WHERE raw IS NOT NULL"):
        record = read_record(raw)
        routing = read_routing(record.routing)
        context = (RecordId(routing.record_id), TerminalId(routing.terminal))
        for part, purpose in (
            (record.administrative, SealPurpose.ADMINISTRATIVE),
            (record.vault, SealPurpose.VAULT_PART),
        ):
            if part is not None:
                parts += 1
                with pytest.raises(SealError):
                    unseal(part, own, purpose, *context)
    assert parts >= 2


def test_invariant_03_what_is_forgotten_leaves_not_even_its_sealed_bytes(town: Town) -> None:
    sealed = [raw[200:260] for (raw,) in town.at_terminal(PHARMACY, "SELECT raw FROM records WHERE raw IS NOT NULL")]
    town.start()
    town.wait_until_all_is_sent()
    town.stop()
    assert seen_in(town.folder / PHARMACY.folder, set(sealed)) == []
