"""What the messages say, and that each fits where it goes."""

from __future__ import annotations

import re

import pytest

from central.proofs.wording import wording_for, wordings

GSM_7 = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"  # noqa: E501 - 3GPP TS 23.038 §6.2.1
)
VALUES = {"code": "042137", "minutes": 10}


def test_french_english_and_arabic_are_there() -> None:
    assert set(wordings()) >= {"fr", "en", "ar"}


@pytest.mark.parametrize("language", sorted(wordings()))
def test_each_text_holds_the_code_once_and_the_minutes(language: str) -> None:
    words = wording_for(language)
    for text in (words.email.format(**VALUES), words.sms.format(**VALUES)):
        assert re.findall(r"(?<!\d)\d{6}(?!\d)", text) == ["042137"]
        assert "10" in text
    assert "042137" not in words.subject.format(**VALUES)  # a subject stands in more places than a text


@pytest.mark.parametrize("language", sorted(wordings()))
def test_no_address_to_click_on(language: str) -> None:
    words = wording_for(language)
    assert not re.search(r"https?:|www\.", words.email + words.sms + words.subject)


@pytest.mark.parametrize("language", sorted(wordings()))
def test_a_text_message_costs_one_or_two_parts(language: str) -> None:
    text = wording_for(language).sms.format(**VALUES)
    # One part of the default alphabet (160), or two of UCS-2 (67 each).
    assert len(text) <= (160 if set(text) <= GSM_7 else 134)
