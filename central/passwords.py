"""Argon2id for what people remember: managers' passwords and operators' PINs.

The hash is the standard text ``$argon2id$v=19$m=…,t=…,p=…$salt$hash``, so that the terminal can check a PIN offline and
a later cost can be told from this one.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError


@dataclass(frozen=True, slots=True)
class Argon2Cost:
    """What one guess costs: passes, KiB of memory, lanes."""

    time: int
    memory_kib: int
    lanes: int


OWASP_MINIMUM = Argon2Cost(time=2, memory_kib=19 * 1024, lanes=1)
"""OWASP Password Storage Cheat Sheet, argon2id with one lane: about 28 ms a guess here (deps.md §5)."""

_SALT_BYTES = 16
_HASH_BYTES = 32
_GENERATED_GROUPS = 4
_GENERATED_GROUP = 4
# No 0/O, 1/l/I: a generated password is read from one screen and typed on another.
_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"
_PIN_DIGITS = 6


class Passwords:
    """Makes and checks hashes of one cost; holds one hash of nothing, for names that do not exist."""

    def __init__(self, cost: Argon2Cost = OWASP_MINIMUM) -> None:
        self._hasher = PasswordHasher(
            time_cost=cost.time,
            memory_cost=cost.memory_kib,
            parallelism=cost.lanes,
            salt_len=_SALT_BYTES,
            hash_len=_HASH_BYTES,
        )
        self._nobody = self._hasher.hash(secrets.token_hex(_HASH_BYTES))

    def hash(self, password: str) -> str:
        """The text to store."""
        return self._hasher.hash(password)

    def matches(self, stored: str | None, password: str) -> bool:
        """Whether ``password`` is the one behind ``stored``.

        With None (no such name) the same work is done against a hash of nothing, so that the time of the answer does
        not tell which names exist. Not promised: equal time where ``stored`` was made at another cost.
        """
        try:
            return self._hasher.verify(stored or self._nobody, password) and stored is not None
        except (VerifyMismatchError, VerificationError, InvalidHashError):
            return False


def generate_password() -> str:
    """A password of 79 bits in four readable groups, to be printed once."""
    groups = ("".join(secrets.choice(_READABLE) for _ in range(_GENERATED_GROUP)) for _ in range(_GENERATED_GROUPS))
    return "-".join(groups)


def generate_pin() -> str:
    """A PIN of six digits, to be printed once."""
    return f"{secrets.randbelow(10**_PIN_DIGITS):0{_PIN_DIGITS}d}"
