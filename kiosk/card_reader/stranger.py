"""What a card that is no Vitale 2 is, so that the screen can name it: by its ATR, then by what it lets be selected.

Source: vitale.md §1 (ATRs), §5 "wrong card", §7 (names on a professional's card). Nothing is read from such a card.
"""

from __future__ import annotations

from kiosk.card_reader.atr import family_of
from kiosk.card_reader.card_files import CardFiles
from kiosk.enrolment.errors import CardFault
from kiosk.enrolment.holder import CardFamily

# Applications that only a payment card has: PSE, PPSE, CB, Mastercard, Visa.
AIDS_OF_BANKS = (
    b"1PAY.SYS.DDF01",
    b"2PAY.SYS.DDF01",
    bytes.fromhex("A0000000421010"),
    bytes.fromhex("A0000000041010"),
    bytes.fromhex("A0000000031010"),
)
# Of professionals' cards: PKCS#15 by contact and without, and ChipDoc of a CPS4. The issuer's number is in each.
AIDS_OF_CPS = (
    bytes.fromhex("E828BD080F8025000001FF0010"),
    bytes.fromhex("E828BD080F8025000001FF0020"),
    bytes.fromhex("8025000001FF0100"),
)
_BY_ATR = {
    CardFamily.VITALE_1: CardFault.WRONG_CARD_VITALE_1,
    CardFamily.CPS: CardFault.WRONG_CARD_CPS,
    CardFamily.BANK: CardFault.WRONG_CARD_BANK,
}


def fault_of_stranger(files: CardFiles, atr: bytes) -> CardFault:
    """Which of the wrong cards this is; WRONG_CARD_UNKNOWN when nothing tells.

    Raises:
        CardError: what ``CardFiles`` raises.
    """
    by_atr = _BY_ATR.get(family_of(atr))
    if by_atr is not None:
        return by_atr
    if any(files.offers(aid) for aid in AIDS_OF_CPS):
        return CardFault.WRONG_CARD_CPS
    if any(files.offers(aid) for aid in AIDS_OF_BANKS):
        return CardFault.WRONG_CARD_BANK
    return CardFault.WRONG_CARD_UNKNOWN
