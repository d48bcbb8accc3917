from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from provisioning import authority
from provisioning.authority import (
    CENTRAL_KEYS,
    SIGNING_USES,
    VAULT_KEYS,
    Programme,
    make_keys,
    renew_bundle,
    rotate_signing_key,
)
from provisioning.bundle import SignedBundle, install_bundle, read_bundle, read_document
from provisioning.errors import AuthorityError, KeyFileError
from provisioning.keys import load_public_root, load_sealing_key, load_signing_key, public_bytes
from provisioning.private_files import Owner
from tests.provisioning.conftest import programme_under
from wire import homes
from wire.trust import KeyUse, open_bundle, write_bundle


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_roots_private_half_never_leaves_its_folder(
    programme: Programme, bundle: SignedBundle, owner: Owner
) -> None:
    key = load_signing_key(programme.root.folder / homes.ROOT_KEY, owner)
    forms = [
        key.private_bytes_raw(),
        key.private_bytes_raw().hex().encode(),
        key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).splitlines()[1],
    ]
    carried = b"".join(b"".join(files(home.folder).values()) for home in (programme.central, programme.vault))
    assert [form for form in [*forms, bundle.document] if form in carried] == [bundle.document]


def test_central_and_the_vault_hold_only_their_own_keys(programme: Programme, bundle: SignedBundle) -> None:
    assert bundle.serial == 1
    shared = {homes.ROOT_PUBLIC, homes.TRUST_BUNDLE}
    assert set(files(programme.central.folder)) == {*CENTRAL_KEYS.values(), homes.PERSON_INDEX_KEY} | shared
    assert set(files(programme.vault.folder)) == {*VAULT_KEYS.values(), homes.PEPPER_KEY} | shared


def test_every_file_is_0600_and_every_folder_0700(programme: Programme, bundle: SignedBundle) -> None:
    assert bundle.serial == 1
    for home in (programme.root, programme.central, programme.vault):
        assert home.folder.stat().st_mode & 0o777 == 0o700
        assert {path.stat().st_mode & 0o777 for path in home.folder.iterdir()} == {0o600}


def test_the_bundle_names_the_public_halves_of_the_keys_in_the_homes(
    programme: Programme, bundle: SignedBundle, owner: Owner, now: datetime
) -> None:
    root = load_public_root(programme.vault.folder / homes.ROOT_PUBLIC, owner)
    opened = open_bundle(bundle.document, root, now=now)
    load = {use: load_signing_key if use in SIGNING_USES else load_sealing_key for use in KeyUse}
    assert opened.keys == {use: public_bytes(load[use](programme.key_path(use), owner)) for use in KeyUse}


def test_making_keys_again_changes_no_file(programme: Programme, bundle: SignedBundle, now: datetime) -> None:
    before = files(programme.root.folder.parent)
    again = make_keys(programme, now=now, days=365)
    assert (again.document, files(programme.root.folder.parent)) == (bundle.document, before)


@pytest.mark.parametrize("written", range(1, 11))
def test_making_keys_goes_on_where_it_was_cut_short(
    tmp_path: Path, owner: Owner, now: datetime, written: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    programme = programme_under(tmp_path / "programme", owner)
    left = iter(range(written))
    real = os.link

    def link_until_the_power_fails(source: Path, target: Path) -> None:
        if next(left, None) is None:
            raise KeyboardInterrupt
        real(source, target)

    with monkeypatch.context() as power:
        power.setattr(os, "link", link_until_the_power_fails)
        with pytest.raises(KeyboardInterrupt):
            make_keys(programme, now=now, days=365)
    before = files(tmp_path)
    make_keys(programme, now=now, days=365)
    after = files(tmp_path)
    assert {name: after[name] for name in before} == before


def without_ledger_key(programme: Programme, bundle: SignedBundle, owner: Owner, now: datetime) -> SignedBundle:
    """The programme as a release made it that knew no ledger key: the root signed a bundle without it."""
    programme.key_path(KeyUse.LEDGER).unlink()
    root = load_signing_key(programme.root.folder / homes.ROOT_KEY, owner)
    keys = {use: public for use, public in bundle.keys.items() if use is not KeyUse.LEDGER}
    span = {"valid_from": now - timedelta(hours=1), "valid_until": now + timedelta(days=365)}
    older = read_document(write_bundle(keys, root, serial=1, **span), root.public_key())
    for home in (programme.root, programme.central, programme.vault):
        (home.folder / homes.TRUST_BUNDLE).unlink()
        install_bundle(older, home.folder, owner)
    return older


def test_a_use_of_a_later_release_gets_its_key_and_the_next_serial(
    programme: Programme, bundle: SignedBundle, owner: Owner, now: datetime
) -> None:
    older = without_ledger_key(programme, bundle, owner, now)
    newer = make_keys(programme, now=now, days=365)
    assert (older.serial, newer.serial) == (1, 2)
    assert {use: public for use, public in newer.keys.items() if use is not KeyUse.LEDGER} == older.keys
    assert newer.keys[KeyUse.LEDGER] == public_bytes(load_signing_key(programme.key_path(KeyUse.LEDGER), owner))
    assert make_keys(programme, now=now, days=365).document == newer.document


def test_renewing_a_bundle_of_an_older_release_says_which_key_is_to_be_made(
    programme: Programme, bundle: SignedBundle, owner: Owner, now: datetime
) -> None:
    without_ledger_key(programme, bundle, owner, now)
    with pytest.raises(AuthorityError, match="ledger") as refusal:
        renew_bundle(programme, now=now, days=365)
    assert refusal.value.code == "keys_missing"


def test_a_lost_key_is_not_quietly_made_anew(programme: Programme, bundle: SignedBundle, now: datetime) -> None:
    assert bundle.serial == 1
    (programme.central.folder / homes.INTAKE_KEY).unlink()
    with pytest.raises(AuthorityError, match=r"intake\.key.*backup") as refusal:
        make_keys(programme, now=now, days=365)
    assert refusal.value.code == "key_lost"
    assert not (programme.central.folder / homes.INTAKE_KEY).exists()


def test_a_lost_root_is_not_quietly_made_anew(programme: Programme, bundle: SignedBundle, now: datetime) -> None:
    assert bundle.serial == 1
    (programme.root.folder / homes.ROOT_KEY).unlink()
    with pytest.raises(AuthorityError) as refusal:
        make_keys(programme, now=now, days=365)
    assert refusal.value.code == "key_lost"


def test_homes_of_two_programmes_are_not_mixed(
    programme: Programme, bundle: SignedBundle, now: datetime, tmp_path: Path
) -> None:
    assert bundle.serial == 1
    other = programme_under(tmp_path / "other", programme.root.owner)
    make_keys(other, now=now, days=365)
    with pytest.raises(AuthorityError) as refusal:
        renew_bundle(Programme(programme.root, other.central, programme.vault), now=now, days=365)
    assert refusal.value.code == "bundle_mismatch"


def test_a_home_that_trusts_another_root_is_refused(programme: Programme, bundle: SignedBundle, now: datetime) -> None:
    assert bundle.serial == 1
    (programme.vault.folder / homes.ROOT_PUBLIC).write_text("ab" * 32)
    with pytest.raises(AuthorityError) as refusal:
        renew_bundle(programme, now=now, days=365)
    assert refusal.value.code == "root_other"


def test_a_damaged_key_is_refused_and_left_alone(programme: Programme, bundle: SignedBundle, now: datetime) -> None:
    assert bundle.serial == 1
    path = programme.vault.folder / homes.RECOVERY_KEY
    path.write_bytes(b"-----BEGIN rubbish")
    with pytest.raises(KeyFileError) as refusal:
        make_keys(programme, now=now, days=365)
    assert (refusal.value.code, path.read_bytes()) == ("damaged", b"-----BEGIN rubbish")


def test_a_renewed_bundle_has_the_next_serial_the_same_keys_and_lasts_longer(
    programme: Programme, bundle: SignedBundle, now: datetime
) -> None:
    renewed = renew_bundle(programme, now=now + timedelta(days=300), days=365)
    assert (renewed.serial, renewed.keys) == (bundle.serial + 1, bundle.keys)
    assert renewed.valid_until == bundle.valid_until + timedelta(days=300)
    for home in (programme.root, programme.central, programme.vault):
        assert (home.folder / homes.TRUST_BUNDLE).read_bytes() == renewed.document


def test_an_expired_bundle_can_still_be_renewed(programme: Programme, bundle: SignedBundle, now: datetime) -> None:
    later = now + timedelta(days=1000)
    assert renew_bundle(programme, now=later, days=1).valid_until > later > bundle.valid_until


def test_renewing_before_any_bundle_says_to_make_the_keys(
    programme: Programme, now: datetime, bundle: SignedBundle
) -> None:
    assert bundle.serial == 1
    (programme.root.folder / homes.TRUST_BUNDLE).unlink()
    with pytest.raises(AuthorityError) as refusal:
        renew_bundle(programme, now=now, days=365)
    assert refusal.value.code == "bundle_missing"


def test_a_rotated_key_is_new_in_bundle_and_home_and_the_old_one_is_kept(
    programme: Programme, bundle: SignedBundle, now: datetime, owner: Owner
) -> None:
    path = programme.key_path(KeyUse.ANSWER)
    former = path.read_bytes()
    rotated = rotate_signing_key(programme, KeyUse.ANSWER, now=now, days=365)
    assert rotated.serial == bundle.serial + 1
    assert rotated.keys[KeyUse.ANSWER] == public_bytes(load_signing_key(path, owner)) != bundle.keys[KeyUse.ANSWER]
    assert path.with_name("answer.key.serial-1").read_bytes() == former


@pytest.mark.parametrize("use", sorted(set(KeyUse) - SIGNING_USES, key=lambda use: use.value))
def test_a_key_that_opens_what_was_sealed_is_not_rotated(
    programme: Programme, bundle: SignedBundle, now: datetime, use: KeyUse
) -> None:
    before = files(programme.root.folder.parent)
    with pytest.raises(AuthorityError) as refusal:
        rotate_signing_key(programme, use, now=now, days=365)
    assert (refusal.value.code, bundle.serial, files(programme.root.folder.parent)) == ("rotation_sealing", 1, before)


@pytest.mark.parametrize("step", ["store_key", "install_bundle", "link", "replace", "_install_everywhere"])
def test_a_rotation_cut_short_at_any_step_is_finished_by_running_it_again(
    programme: Programme, bundle: SignedBundle, now: datetime, owner: Owner, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def power_cut(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    place = {"link": os, "replace": Path}.get(step, authority)
    with monkeypatch.context() as power:
        power.setattr(place, step, power_cut)
        with pytest.raises(KeyboardInterrupt):
            rotate_signing_key(programme, KeyUse.HAND_OVER, now=now, days=365)
    finished = rotate_signing_key(programme, KeyUse.HAND_OVER, now=now, days=365)
    assert finished.serial == bundle.serial + 1
    for home in (programme.root, programme.central, programme.vault):
        held = read_bundle(home.folder, load_public_root(home.folder / homes.ROOT_PUBLIC, owner), owner)
        assert held == finished
    current = public_bytes(load_signing_key(programme.key_path(KeyUse.HAND_OVER), owner))
    assert current == finished.keys[KeyUse.HAND_OVER] != bundle.keys[KeyUse.HAND_OVER]
