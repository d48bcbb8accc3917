from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from provisioning.authority import Home, Programme, make_keys
from provisioning.bundle import SignedBundle
from provisioning.keys import load_public_root, load_signing_key
from provisioning.private_files import Owner
from tests.fakes.registering_central import Place, RegisteringCentral
from wire import homes
from wire.registration import Ticket, new_token, token_hash

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
TOKEN_LIFE = timedelta(days=7)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def owner() -> Owner:
    return Owner.current()


@pytest.fixture
def programme(tmp_path: Path, owner: Owner) -> Programme:
    return programme_under(tmp_path / "programme", owner)


def programme_under(folder: Path, owner: Owner) -> Programme:
    return Programme(*(Home(folder / name, owner) for name in ("root", "central", "vault")))


@pytest.fixture
def bundle(programme: Programme, now: datetime) -> SignedBundle:
    return make_keys(programme, now=now, days=365)


@pytest.fixture
def central(programme: Programme, bundle: SignedBundle, owner: Owner, now: datetime) -> RegisteringCentral:
    key = load_signing_key(programme.central.folder / homes.ANSWER_KEY, owner)
    return RegisteringCentral(bundle.document, key, lambda: now)


@pytest.fixture
def ticket(central: RegisteringCentral, programme: Programme, owner: Owner, now: datetime) -> Ticket:
    token = new_token()
    central.places[token_hash(token)] = Place("HALL-75-01-A", now + TOKEN_LIFE)
    root = load_public_root(programme.root.folder / homes.ROOT_PUBLIC, owner)
    return Ticket("http://127.0.0.1:8100", token, root.public_bytes_raw())
