from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from central.vault.errors import SettingsError, WrapError
from central.vault.wraps import (
    OWASP_FLOOR,
    RFC_9106_SECOND,
    Bound,
    KdfParameters,
    PassphraseWrap,
    derive_passphrase_key,
    open_with_passphrase,
    prepare_passphrase,
    wrap_for_passphrase,
)
from tests.central.vault.site import CHEAPEST_KDF, PASSPHRASE, START
from wire.identifiers import RecordId, TerminalId

PEPPER = bytes(range(32))
BOUND = Bound(RecordId.new(START, bytes(10)), TerminalId("HALL-75-01-A"))


@pytest.fixture
def dossier() -> X25519PrivateKey:
    return X25519PrivateKey.generate()


@pytest.fixture
def wrap(dossier: X25519PrivateKey) -> PassphraseWrap:
    return wrap_for_passphrase(dossier, derive_passphrase_key(PASSPHRASE, PEPPER, CHEAPEST_KDF), BOUND)


def public(key: X25519PrivateKey) -> bytes:
    return key.public_key().public_bytes_raw()


def test_the_passphrase_opens_the_wrap(dossier: X25519PrivateKey, wrap: PassphraseWrap) -> None:
    opened = open_with_passphrase(wrap, PASSPHRASE, PEPPER, BOUND, public(dossier))
    assert opened.private_bytes_raw() == dossier.private_bytes_raw()


def test_another_passphrase_does_not_open(dossier: X25519PrivateKey, wrap: PassphraseWrap) -> None:
    with pytest.raises(WrapError):
        open_with_passphrase(wrap, PASSPHRASE + " ", PEPPER, BOUND, public(dossier))


def test_without_the_pepper_the_passphrase_does_not_open(dossier: X25519PrivateKey, wrap: PassphraseWrap) -> None:
    with pytest.raises(WrapError):
        open_with_passphrase(wrap, PASSPHRASE, bytes(32), BOUND, public(dossier))


def test_a_wrap_moved_to_another_record_does_not_open(dossier: X25519PrivateKey, wrap: PassphraseWrap) -> None:
    elsewhere = Bound(RecordId.new(START), BOUND.terminal)
    with pytest.raises(WrapError):
        open_with_passphrase(wrap, PASSPHRASE, PEPPER, elsewhere, public(dossier))


def test_a_wrap_of_another_dossier_is_named(wrap: PassphraseWrap) -> None:
    with pytest.raises(WrapError) as caught:
        open_with_passphrase(wrap, PASSPHRASE, PEPPER, BOUND, public(X25519PrivateKey.generate()))
    assert caught.value.code == "wrap_other_key"


def test_the_same_passphrase_twice_makes_two_salts() -> None:
    one, other = (derive_passphrase_key(PASSPHRASE, PEPPER, CHEAPEST_KDF) for _ in range(2))
    assert one.salt != other.salt
    assert one.private.private_bytes_raw() != other.private.private_bytes_raw()


def test_the_derivation_is_argon2id_with_the_pepper_as_its_secret_input() -> None:
    """Vector of RFC 9106 §5.3 cannot be used (it has associated data): argon2-cffi's low level is the oracle."""
    from argon2.low_level import ffi, lib  # noqa: PLC0415 - the oracle of this test alone

    out, salt = ffi.new("uint8_t[]", 32), bytes(range(16))
    password = PASSPHRASE.encode()
    buffers = [ffi.new("uint8_t[]", data) for data in (password, salt, PEPPER)]
    context = ffi.new(
        "argon2_context *",
        {
            "out": out, "outlen": 32, "version": 0x13,
            "pwd": buffers[0], "pwdlen": len(password), "salt": buffers[1], "saltlen": 16,
            "secret": buffers[2], "secretlen": 32, "ad": ffi.NULL, "adlen": 0,
            "t_cost": 1, "m_cost": 8, "lanes": 1, "threads": 1,
            "allocate_cbk": ffi.NULL, "free_cbk": ffi.NULL, "flags": lib.ARGON2_DEFAULT_FLAGS,
        },
    )  # fmt: skip
    assert lib.argon2_ctx(context, lib.Argon2_id) == 0
    ours = derive_passphrase_key(PASSPHRASE, PEPPER, CHEAPEST_KDF, salt=salt)
    assert ours.private.private_bytes_raw() == bytes(ffi.buffer(out, 32))


def test_a_wrap_keeps_the_cost_it_was_made_at(dossier: X25519PrivateKey) -> None:
    older = KdfParameters(memory_kib=16, passes=2, lanes=1)
    wrap = wrap_for_passphrase(dossier, derive_passphrase_key(PASSPHRASE, PEPPER, older), BOUND)
    assert wrap.kdf == "argon2id v=19 m=16 t=2 p=1"
    assert open_with_passphrase(wrap, PASSPHRASE, PEPPER, BOUND, public(dossier))


@pytest.mark.parametrize(
    "text", ["", "scrypt v=19 m=8 t=1 p=1", "argon2id v=20 m=8 t=1 p=1", "argon2id v=19 m=08 t=1 p=1", "argon2id m=8"]
)
def test_a_derivation_of_another_kind_is_not_guessed_at(text: str) -> None:
    with pytest.raises(WrapError) as caught:
        KdfParameters.parse(text)
    assert caught.value.code == "kdf_unknown"


@pytest.mark.parametrize(
    ("typed", "other"),
    [
        ("pomme d'e\u0301te\u0301 rouge", "pomme d'\u00e9t\u00e9 rouge"),  # two keyboards, one accent
        ("quatre\u00a0pommes sur", "quatre pommes sur"),  # a no-break space
    ],
)
def test_the_same_words_from_two_keyboards_are_one_passphrase(typed: str, other: str) -> None:
    assert prepare_passphrase(typed) == prepare_passphrase(other)


def test_capitals_and_spaces_at_the_ends_count() -> None:
    assert len({prepare_passphrase(text) for text in ("quatre pommes", "Quatre pommes", "quatre pommes ")}) == 3


def test_the_shipped_cost_is_above_the_floor() -> None:
    assert RFC_9106_SECOND.at_least(OWASP_FLOOR)
    assert not CHEAPEST_KDF.at_least(OWASP_FLOOR)


def test_a_cost_that_argon2_refuses_is_refused_at_start() -> None:
    with pytest.raises(SettingsError):
        KdfParameters(memory_kib=8, passes=1, lanes=2).check()


def test_nothing_shows_keys_in_its_repr(dossier: X25519PrivateKey, wrap: PassphraseWrap) -> None:
    key = derive_passphrase_key(PASSPHRASE, PEPPER, CHEAPEST_KDF)
    assert key.salt.hex() not in repr(key)
    assert repr(wrap.sealed) not in repr(wrap)
