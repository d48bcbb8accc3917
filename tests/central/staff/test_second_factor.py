"""TOTP and recovery codes as arithmetic, against the published vectors of RFC 6238."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
import zxingcpp
from PIL import Image, ImageDraw

from central.staff import second_factor as factor

SECRET = base64.b32encode(b"12345678901234567890").decode()  # RFC 6238 appendix B
VECTORS = {59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037"}
NOW = datetime.fromtimestamp(1111111109, UTC)
STEP = 1111111109 // 30


@pytest.mark.parametrize(("seconds", "code"), VECTORS.items())
def test_the_codes_are_those_of_the_rfc(seconds: int, code: str) -> None:
    now = datetime.fromtimestamp(seconds, UTC)
    assert factor.accepted_step(SECRET, code, now=now, used=None) == seconds // 30


@pytest.mark.parametrize(("drift", "accepted"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_telephone_may_be_one_step_off_and_no_more(drift: int, accepted: bool) -> None:
    now = NOW + timedelta(seconds=30 * drift)
    assert (factor.accepted_step(SECRET, "081804", now=now, used=None) is not None) is accepted


@pytest.mark.parametrize(("used", "accepted"), [(None, True), (STEP - 1, True), (STEP, False), (STEP + 1, False)])
def test_a_step_is_used_once_and_none_before_it_ever_again(used: int | None, accepted: bool) -> None:
    assert (factor.accepted_step(SECRET, "081804", now=NOW, used=used) is not None) is accepted


@pytest.mark.parametrize("typed", ["", "81804", "0818040", "08180a", "٠٨١٨٠٤", "-81804", "081805"])
def test_anything_else_is_no_code(typed: str) -> None:
    assert factor.accepted_step(SECRET, typed, now=NOW, used=None) is None


def test_a_code_may_be_typed_in_two_halves() -> None:
    assert factor.accepted_step(SECRET, "081 804", now=NOW, used=None) == STEP


def test_a_secret_needs_key_name_and_salt() -> None:
    secrets = {
        factor.totp_secret(key, name, salt)
        for key in (b"k" * 32, b"l" * 32)
        for name in ("A", "B")
        for salt in (b"s" * 16, b"t" * 16)
    }
    assert len(secrets) == 8
    assert all(len(base64.b32decode(secret)) == 20 for secret in secrets)


def test_the_qr_code_says_what_an_authenticator_must_know() -> None:
    uri = factor.provisioning_uri(SECRET, "RESP-11")
    modules, path = factor.qr_squares(uri)
    picture = Image.new("L", (modules * 8, modules * 8), 255)
    draw = ImageDraw.Draw(picture)
    for square in path.removesuffix("z").split("z"):
        x, y = (int(number) * 8 for number in square.removeprefix("M").split("h")[0].split())
        draw.rectangle((x, y, x + 7, y + 7), fill=0)
    assert zxingcpp.read_barcodes(picture)[0].text == uri
    assert f"secret={SECRET}" in uri


def test_recovery_codes_are_ten_and_read_well() -> None:
    codes = factor.new_recovery_codes()
    assert len(set(codes)) == 10
    assert not [code for code in codes if set(code) & set("01loi") or len(code) != 11]


def test_a_recovery_code_is_one_however_it_is_typed() -> None:
    key = b"k" * 32
    assert factor.recovery_hash(key, "A", "abcde-fghjk") == factor.recovery_hash(key, "A", " ABCDE fghjk")
    assert factor.recovery_hash(key, "A", "abcde-fghjk") != factor.recovery_hash(key, "B", "abcde-fghjk")
