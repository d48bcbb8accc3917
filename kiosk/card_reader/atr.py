"""What family a card's answer to reset makes likely: a hint, the SELECT decides. Pure.

Source: vitale.md §1 (field lists; ANS Cryptolib for the CPS). Two cards of different families may share an ATR.
"""

from __future__ import annotations

import re

from kiosk.enrolment.holder import CardFamily

# Upper-case hexadecimal of the whole ATR.
_MASKS: tuple[tuple[CardFamily, re.Pattern[str]], ...] = (
    (CardFamily.VITALE_2, re.compile(r"3B751300004[0-9A-F]09[EF]A9000")),
    (CardFamily.VITALE_1, re.compile(r"3F652500(?:22|2C|52|A3|A4)09(?:F9|69|6A)9000")),
    # The run 00 12 25 00 64 80 among the historical bytes is what all contact CPS share.
    (CardFamily.CPS, re.compile(r"3[BF](?:[0-9A-F]{2})+?001225006480(?:[0-9A-F]{2})*")),
    (CardFamily.CPS, re.compile(r"3B8F80010031B864[0-9A-F]{4}EC[0-9A-F]{2}73940180829000[0-9A-F]{2}")),  # contactless
    (CardFamily.BANK, re.compile(r"3F6525[0-9A-F]{4}046C90[0-9A-F]0")),  # French bank cards before EMV
    (CardFamily.BANK, re.compile(r"3B6500002063CBC100")),
)


def family_of(atr: bytes) -> CardFamily:
    """The family whose mask fits; UNKNOWN says nothing against the card."""
    text = atr.hex().upper()
    for family, mask in _MASKS:
        if mask.fullmatch(text):
            return family
    return CardFamily.UNKNOWN
