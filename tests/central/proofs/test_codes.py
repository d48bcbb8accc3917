"""The digits and the keyed hashes."""

from __future__ import annotations

from central.proofs.codes import ProofSecret, new_code
from wire.identifiers import RecordId
from wire.proofs import ContactKind

SECRET, OTHER = ProofSecret(b"k" * 32), ProofSecret(b"o" * 32)
PROOF = RecordId(bytes.fromhex("019000000000700080000000000000aa"))
EMAIL = ContactKind.EMAIL


def test_codes_are_six_digits_and_not_always_the_same() -> None:
    codes = {new_code() for _ in range(200)}
    assert all(len(code) == 6 and code.isascii() and code.isdigit() for code in codes)
    assert len(codes) > 150


def test_hashes_depend_on_the_key_and_on_all_they_are_made_of() -> None:
    address = SECRET.address_hash(EMAIL, "marie@exemple.fr")
    others = {
        OTHER.address_hash(EMAIL, "marie@exemple.fr"),
        SECRET.address_hash(ContactKind.MOBILE, "marie@exemple.fr"),
        SECRET.address_hash(EMAIL, "maria@exemple.fr"),
        SECRET.code_hash(PROOF, address, "123456"),
        SECRET.code_hash(PROOF, address, "123457"),
        SECRET.code_hash(PROOF, b"", "123456"),
        SECRET.code_hash(RecordId(PROOF.value[:-1] + b"b"), address, "123456"),
        OTHER.code_hash(PROOF, address, "123456"),
    }
    assert len(others | {address}) == 9


def test_capitals_do_not_make_another_address() -> None:
    assert SECRET.address_hash(EMAIL, "Marie@Exemple.FR") == SECRET.address_hash(EMAIL, "marie@exemple.fr")


def test_the_key_is_not_shown() -> None:
    assert repr(SECRET) == "ProofSecret(…)"
