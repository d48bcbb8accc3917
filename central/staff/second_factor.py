"""The second factor as arithmetic: TOTP (RFC 6238) and recovery codes. Pure; the desk keeps what was used."""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime

import pyotp
import qrcode
from qrcode.constants import ERROR_CORRECT_M

STEP_SECONDS = 30
DIGITS = 6
DRIFT = 1  # steps: a telephone's clock may be half a minute off, and people type slowly (RFC 6238 §5.2)
RECOVERY_CODES = 10
SALT_BYTES = 16
_SECRET_BYTES = 20  # RFC 4226 §4: at least 128 bits, 160 recommended
_ISSUER = "DMP points d'enrôlement"
# No 0/O, 1/l/I: written down from a screen, typed years later.
_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"
_CODE_HALF = 5


def totp_secret(key: bytes, manager_id: str, salt: bytes) -> str:
    """The secret of a manager in base 32, as authenticators take it.

    Derived, not stored: the database holds the salt, the home the key; neither alone gives a code.
    """
    derived = hmac.digest(key, b"dmp-totp-v1" + salt + manager_id.encode(), "sha256")
    return base64.b32encode(derived[:_SECRET_BYTES]).decode()


def accepted_step(secret: str, typed: str, *, now: datetime, used: int | None) -> int | None:
    """The 30-second step whose code was typed, or None.

    Steps:

    1. six digits;
    2. the code of this step, the one before or the one after, compared in constant time;
    3. a step not after the last one used is refused: a code that was read over a shoulder is worth nothing.

    Not checked: how often one may try (central/staff/tries.py).
    """
    digits = typed.replace(" ", "")
    if len(digits) != DIGITS or not digits.isascii() or not digits.isdigit():  # 1
        return None
    totp, current = pyotp.TOTP(secret, digits=DIGITS, interval=STEP_SECONDS), int(now.timestamp()) // STEP_SECONDS
    fitting = [
        step
        for step in range(current - DRIFT, current + DRIFT + 1)
        if hmac.compare_digest(totp.generate_otp(step), digits)  # 2
    ]
    return next((step for step in reversed(fitting) if used is None or step > used), None)  # 3


def provisioning_uri(secret: str, manager_id: str) -> str:
    """What the QR code says to an authenticator (the ``otpauth`` form)."""
    totp = pyotp.TOTP(secret, digits=DIGITS, interval=STEP_SECONDS)
    return totp.provisioning_uri(name=manager_id, issuer_name=_ISSUER)


def qr_squares(text: str) -> tuple[int, str]:
    """A QR code for an SVG: its width in modules with the quiet zone, and the path of its dark modules."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=4)
    code.add_data(text)
    rows: Sequence[Sequence[bool]] = code.get_matrix()
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return len(rows), path


def new_recovery_codes() -> tuple[str, ...]:
    """Ten codes of 49 bits, each good once, to be shown once."""
    return tuple(f"{_half()}-{_half()}" for _ in range(RECOVERY_CODES))


def recovery_hash(key: bytes, manager_id: str, typed: str) -> bytes:
    """What is kept of a code. A fast hash will do: the codes are random, and the key is not in the database."""
    plain = "".join(typed.lower().split()).replace("-", "")
    return hmac.digest(key, b"dmp-recovery-code-v1" + manager_id.encode() + b"\0" + plain.encode(), "sha256")


def _half() -> str:
    return "".join(secrets.choice(_READABLE) for _ in range(_CODE_HALF))
