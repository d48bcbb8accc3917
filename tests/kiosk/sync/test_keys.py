"""The device key's file: for its user only, of the right kind, never overwritten."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from kiosk.sync.errors import KeyFileError
from kiosk.sync.keys import DeviceKey, open_root_key


def code_of(path: Path) -> str:
    with pytest.raises(KeyFileError) as refused:
        DeviceKey.open(path)
    return refused.value.code


def test_a_key_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    key = DeviceKey.generate()
    key.save(tmp_path / "device.key")
    assert DeviceKey.open(tmp_path / "device.key").public == key.public
    assert (tmp_path / "device.key").stat().st_mode & 0o777 == 0o600


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    first = DeviceKey.generate()
    first.save(tmp_path / "device.key")
    with pytest.raises(KeyFileError):
        DeviceKey.generate().save(tmp_path / "device.key")
    assert DeviceKey.open(tmp_path / "device.key").public == first.public


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o602])
def test_a_key_that_others_may_read_or_write_is_refused(mode: int, tmp_path: Path) -> None:
    DeviceKey.generate().save(tmp_path / "device.key")
    (tmp_path / "device.key").chmod(mode)
    assert code_of(tmp_path / "device.key") == "key_exposed"


def test_a_link_to_a_key_is_refused(tmp_path: Path) -> None:
    DeviceKey.generate().save(tmp_path / "elsewhere.key")
    (tmp_path / "device.key").symlink_to(tmp_path / "elsewhere.key")
    assert code_of(tmp_path / "device.key") == "key_missing"


def test_a_missing_key_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match="register"):
        DeviceKey.open(tmp_path / "device.key")


def test_a_key_of_another_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "device.key"
    path.touch(mode=0o600)
    path.write_bytes(X25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    assert code_of(path) == "key_format"


def test_rubbish_is_no_key(tmp_path: Path) -> None:
    path = tmp_path / "device.key"
    path.touch(mode=0o600)
    path.write_bytes(b"rubbish")
    assert code_of(path) == "key_format"


@pytest.mark.parametrize("text", ["", "zz" * 32, "00" * 31])
def test_a_root_that_is_no_key_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "root.pub").write_text(text)
    with pytest.raises(KeyFileError) as refused:
        open_root_key(tmp_path / "root.pub")
    assert refused.value.code == "key_format"
