from __future__ import annotations

import hashlib
import hmac

from central.enrolments.fingerprint import fingerprint
from tests.fakes.terminal import fictitious_nir
from wire.nir import Nir, key_of


def test_is_the_hmac_that_the_docstring_says() -> None:
    nir, key = fictitious_nir(7), bytes(range(32))
    assert fingerprint(nir, key) == hmac.new(key, b"dmp-person-v1" + nir.compact.encode(), hashlib.sha256).digest()[:16]


def test_one_person_is_found_under_one_fingerprint_however_the_number_was_written() -> None:
    nir = fictitious_nir(7)
    spaced = Nir.parse(" ".join([nir.body[0], nir.body[1:3], nir.body[3:], nir.key]))
    assert fingerprint(nir, bytes(32)) == fingerprint(spaced, bytes(32))


def test_says_nothing_without_the_key() -> None:
    nir = fictitious_nir(7)
    assert fingerprint(nir, bytes(32)) != fingerprint(nir, b"\x01" + bytes(31))


def test_corsicans_are_told_apart_from_each_other() -> None:
    bodies = ("285022A00400180"[:13], "285022B00400180"[:13])
    numbers = [Nir.parse(f"{body}{key_of(body):02d}") for body in bodies]
    assert len({fingerprint(nir, bytes(32)) for nir in numbers}) == 2
