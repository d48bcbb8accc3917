"""Reads the activation's forms: what is mistyped is told by field and never reaches the desk, so it costs no try."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from central.vault.challenges import DIGITS
from central.vault.wraps import prepare_passphrase
from wire.codes import ActivationCode, Locator
from wire.errors import IdentifierError

LOCATOR_FIELD = "locator"
CODE_FIELD = "code"
PASSPHRASE_FIELD = "passphrase"  # noqa: S105 - a field's name
AGAIN_FIELD = "passphrase_again"
PASSPHRASE_SHORTEST = 12  # characters
PASSPHRASE_LONGEST = 256  # characters: Argon2 hashes any length, a form need not
STEP_FIELD = "do"
ONE_TIME_FIELD = "one_time"
T = TypeVar("T", Locator, ActivationCode)

_FIELD_LONGEST = 80  # characters of a locator or code with any spacing one may type


@dataclass(frozen=True, slots=True, repr=False)
class ActivationForm:
    """What was typed, once it can be meant."""

    locator: Locator
    code: ActivationCode
    passphrase: str


@dataclass(frozen=True, slots=True, repr=False)
class FormErrors:
    """Field → stable code of what is wrong with it, and the one thing worth keeping on the page."""

    by_field: dict[str, str]
    locator_typed: str


def read_form(fields: Mapping[str, str]) -> ActivationForm | FormErrors:
    """The form, or everything that is wrong with it at once."""
    errors: dict[str, str] = {}
    locator = _parsed(Locator, fields, LOCATOR_FIELD, errors)
    code = _parsed(ActivationCode, fields, CODE_FIELD, errors)
    passphrase = fields.get(PASSPHRASE_FIELD, "")
    _check_passphrase(passphrase, fields.get(AGAIN_FIELD, ""), code, errors)
    if locator is None or code is None or errors:
        typed = fields.get(LOCATOR_FIELD, "")[:_FIELD_LONGEST]
        return FormErrors(errors, typed if locator is None else locator.grouped())
    return ActivationForm(locator, code, passphrase)


class OneTimeStep(enum.Enum):
    """What a button at the one-time code asks for."""

    SEND_EMAIL = "send_email"
    SEND_MOBILE = "send_mobile"
    CHECK = "check"
    SKIP = "skip"
    MISTYPED = "mistyped"  # not a button of ours, or not six digits


def read_one_time(fields: Mapping[str, str]) -> tuple[OneTimeStep, str]:
    """The step, and the digits that were typed: blanks within them do not count."""
    try:
        step = OneTimeStep(fields.get(STEP_FIELD, OneTimeStep.CHECK.value))
    except ValueError:
        return OneTimeStep.MISTYPED, ""
    typed = "".join(fields.get(ONE_TIME_FIELD, "")[:_FIELD_LONGEST].split())
    if step is OneTimeStep.CHECK and not (typed.isascii() and typed.isdecimal() and len(typed) == DIGITS):
        return OneTimeStep.MISTYPED, ""
    return step, typed


def _parsed(kind: type[T], fields: Mapping[str, str], name: str, errors: dict[str, str]) -> T | None:
    text = fields.get(name, "")
    if not text.strip():
        errors[name] = "empty"
        return None
    try:
        return kind.parse(text[:_FIELD_LONGEST])
    except IdentifierError as error:
        errors[name] = error.code
        return None


def _check_passphrase(passphrase: str, again: str, code: ActivationCode | None, errors: dict[str, str]) -> None:
    prepared = prepare_passphrase(passphrase)
    if len(prepared) < PASSPHRASE_SHORTEST:
        errors[PASSPHRASE_FIELD] = "passphrase_short"
    elif len(prepared) > PASSPHRASE_LONGEST:
        errors[PASSPHRASE_FIELD] = "passphrase_long"
    elif code is not None and _is_code(prepared, code):
        errors[PASSPHRASE_FIELD] = "passphrase_is_code"
    elif prepared != prepare_passphrase(again):
        errors[AGAIN_FIELD] = "passphrase_differs"


def _is_code(passphrase: str, code: ActivationCode) -> bool:
    try:
        return ActivationCode.parse(passphrase) == code
    except IdentifierError:
        return False
