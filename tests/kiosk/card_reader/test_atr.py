from __future__ import annotations

import pytest

from kiosk.card_reader.atr import family_of
from kiosk.enrolment.holder import CardFamily


@pytest.mark.parametrize(
    ("atr", "family"),
    [
        # vitale.md §1
        ("3B75130000 43 09EA9000", CardFamily.VITALE_2),
        ("3B75130000 49 09EA9000", CardFamily.VITALE_2),
        ("3B75130000 45 09FA9000", CardFamily.VITALE_2),
        ("3F65250022 09F99000", CardFamily.VITALE_1),
        ("3F6525002C 09699000", CardFamily.VITALE_1),
        ("3F65250052 096A9000", CardFamily.VITALE_1),
        ("3F652500A3 096A9000", CardFamily.VITALE_1),
        ("3BAC00402A00122500648000031000 9000", CardFamily.CPS),
        ("3BAC00402A00122500648082021200 9000", CardFamily.CPS),
        ("3B8F80010031B86404B0ECC17394018082 90000E", CardFamily.CPS),
        ("3B9B1880010012250064800401000090 44", CardFamily.CPS),
        ("3BDC18FF000012250064800004010090 00", CardFamily.CPS),
        ("3B65000020 63CBC100", CardFamily.BANK),
        ("3F65250800 046C9000", CardFamily.BANK),
        ("3B6700002D2016017890 00", CardFamily.UNKNOWN),  # staff card of a CPAM
        ("3F6525083304A39000", CardFamily.UNKNOWN),  # same head as Vitale 1, another tail
        ("", CardFamily.UNKNOWN),
        ("00" * 40, CardFamily.UNKNOWN),
    ],
)
def test_a_published_atr_hints_at_its_family(atr: str, family: CardFamily) -> None:
    assert family_of(bytes.fromhex(atr)) is family
