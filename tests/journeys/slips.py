"""Slip B as the person at home has it: a picture with a square to photograph, and words to copy."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass

import zxingcpp
from PIL import Image

_LOCATOR = re.compile(r"(?:Numéro du ticket|Slip number)\s+([0-9A-Z-]+)")
_CODE = re.compile(r"(?:Code d’activation|Activation code)\s+([0-9A-Z-]+\s+[0-9A-Z-]+)")  # noqa: RUF001 - as printed


@dataclass(frozen=True, slots=True, repr=False)
class Printed:
    """Locator and code in their plain symbols."""

    locator: str
    code: str


def read_words(text: str) -> Printed:
    """What the letters on the paper say."""
    locator, code = _LOCATOR.search(text), _CODE.search(text)
    assert locator, "no locator on the paper"
    assert code, "no code on the paper"
    return Printed(_plain(locator[1]), _plain(code[1]))


def is_slip_b(text: str) -> bool:
    """Whether this paper bears a code."""
    return _CODE.search(text) is not None


def photograph(png: bytes) -> str:
    """The address in the square, as a phone's camera reads it."""
    (square,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(png)))
    return str(square.text)


def read_address(address: str) -> Printed:
    """Locator and code of an activation address: both stand in its fragment."""
    locator, code = address.partition("#L=")[2].split("&C=")
    return Printed(_plain(locator), _plain(code))


def _plain(text: str) -> str:
    return re.sub(r"[\s-]", "", text)
