"""What a barcode or QR scanner types: one burst of characters that stands for somebody, and is shown to nobody. Pure.

The place where the code of the app carte Vitale (apCV) will come. Its content is an opaque token, good for a short
while (domain/vitale.md §8): nothing can be read from it here, so nothing is tried. Whoever has the text can be taken
for the holder until it runs out: it is in no log, URL, page or file, is silent in ``repr``, and is dropped after use.
"""

from __future__ import annotations

from dataclasses import dataclass

LONGEST = 4296
"""Characters: what the largest QR code holds (version 40, level L, alphanumeric)."""

SHORTEST = 8
"""Characters: less is a slip of somebody's hand on a keyboard. ``scanner.js`` has the same number."""

LONGEST_PREFIX = 8
"""Characters that a scanner can be set to type first, to be told from a keyboard at once."""


@dataclass(frozen=True, slots=True, repr=False)
class ScannedCode:
    """One scan, without its prefix. ``repr`` says nothing of it, and neither may whoever holds it."""

    text: str

    def __repr__(self) -> str:
        return "ScannedCode(…)"


def read_scan(typed: str, prefix: str) -> ScannedCode | None:
    """The code in what was typed; None for what this terminal's scanner does not type."""
    text = typed.removeprefix(prefix)
    if not typed.startswith(prefix) or not SHORTEST <= len(text) <= LONGEST or not text.isprintable():
        return None
    return ScannedCode(text)


def is_prefix(text: str) -> bool:
    """Whether a scanner can be told by it: printable ASCII without a space, or nothing at all."""
    return len(text) <= LONGEST_PREFIX and text.isascii() and text.isprintable() and " " not in text
