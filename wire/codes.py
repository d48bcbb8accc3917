"""What slip B bears: the locator (which record) and the activation code (80 bits, the patient's own key).

Written in Crockford's base 32: no I, L, O, U; what is typed for them is understood. The check symbol is
ISO 7064 Mod 33,32 over the same alphabet, so that a slip of the finger is told from a wrong code and costs no try.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from stdnum.iso7064 import mod_37_36

from wire.errors import IdentifierError

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_UNDERSTOOD = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, "·": None})
_BITS_A_SYMBOL = 5
_LOCATOR_SYMBOLS = 8
_SECRET_BYTES = 10
_SECRET_SYMBOLS = 16
_GROUP = 4


@dataclass(frozen=True, slots=True)
class Locator:
    """Eight symbols, 40 random bits: names a record at the vault and opens nothing."""

    value: str

    @classmethod
    def new(cls, entropy: bytes | None = None) -> Locator:
        """Draw one; ``entropy`` is 5 bytes, chance when absent."""
        noise = secrets.token_bytes(5) if entropy is None else entropy
        return cls(_encode(noise, _LOCATOR_SYMBOLS))

    @classmethod
    def parse(cls, text: str) -> Locator:
        """Read what was typed or scanned."""
        compact = _compact(text)
        if len(compact) != _LOCATOR_SYMBOLS:
            raise IdentifierError("the number of the slip has 8 letters or digits", code="locator_length")
        return cls(compact)

    def grouped(self) -> str:
        """As printed: two groups of four."""
        return _grouped(self.value)


@dataclass(frozen=True, slots=True, repr=False)
class ActivationCode:
    """The secret of slip B. Lives in memory and on paper only; ``repr`` and ``str`` are silent."""

    secret: bytes

    def __post_init__(self) -> None:
        if len(self.secret) != _SECRET_BYTES:
            raise IdentifierError("an activation code has 80 bits", code="code_length")

    @classmethod
    def new(cls) -> ActivationCode:
        """Draw one from the system's randomness."""
        return cls(secrets.token_bytes(_SECRET_BYTES))

    @classmethod
    def parse(cls, text: str) -> ActivationCode:
        """Read what was typed or scanned: 16 symbols and the check symbol.

        Raises:
            IdentifierError: ``code_length``, ``code_symbol`` or ``code_check``: a typing error, not a wrong code.
        """
        compact = _compact(text)
        if len(compact) != _SECRET_SYMBOLS + 1:
            raise IdentifierError("the code has four groups of four and one last symbol", code="code_length")
        if not mod_37_36.is_valid(compact, alphabet=ALPHABET):
            raise IdentifierError("one symbol of the code is mistyped", code="code_check")
        return cls(_decode(compact[:-1]))

    def grouped(self) -> str:
        """As printed: four groups of four and the check symbol, with dashes."""
        body = _encode(self.secret, _SECRET_SYMBOLS)
        return f"{_grouped(body)}-{mod_37_36.calc_check_digit(body, alphabet=ALPHABET)}"

    def __repr__(self) -> str:
        return "ActivationCode(hidden)"

    __str__ = __repr__


def _compact(text: str) -> str:
    compact = "".join(text.upper().split()).translate(_UNDERSTOOD)  # a paste may hold any blank or line break
    if any(symbol not in ALPHABET for symbol in compact):
        raise IdentifierError("a symbol is not one of those printed on slips", code="code_symbol")
    return compact


def _grouped(symbols: str) -> str:
    return "-".join(symbols[start : start + _GROUP] for start in range(0, len(symbols), _GROUP))


def _encode(data: bytes, symbols: int) -> str:
    number = int.from_bytes(data, "big")
    return "".join(ALPHABET[number >> _BITS_A_SYMBOL * place & 31] for place in reversed(range(symbols)))


def _decode(symbols: str) -> bytes:
    number = 0
    for symbol in symbols:
        number = number << _BITS_A_SYMBOL | ALPHABET.index(symbol)
    return number.to_bytes(len(symbols) * _BITS_A_SYMBOL // 8, "big")
