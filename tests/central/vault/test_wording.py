from __future__ import annotations

import json
import string
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from central.vault import wording
from central.vault.contacts import LANGUAGES, Address, Channel
from central.vault.second_factor import Word

FOLDER = Path(wording.__file__).with_name("texts")
GSM = set("@£$¥èéùìòÇ\nØøÅåÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ÄÖÑÜ§¿äöñüà") | set(string.ascii_letters)
"""Letters of the shortest coding of text messages (3GPP TS 23.038 §6.2.1), but those we never write."""

SMS_PARTS = 4  # a longer text is cut up by some gateways and refused by others
GSM_PART, UCS2_PART = 153, 67  # characters in one part of a long text (3GPP TS 23.038)


def read(language: str) -> dict[str, dict[str, str]]:
    return json.loads((FOLDER / f"{language}.json").read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def fields(text: str) -> set[str | None]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_there_is_one_file_a_language() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("group", ["messages", "pages"])
def test_every_language_has_every_text_with_the_same_gaps(language: str, group: str) -> None:
    french, found = read("fr")[group], read(language)[group]
    assert found.keys() == french.keys()
    assert all(text.strip() for text in found.values())
    assert {name: fields(text) for name, text in found.items()} == {name: fields(text) for name, text in french.items()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_file_says_its_language_direction_and_that_it_is_a_draft(language: str) -> None:
    found = json.loads((FOLDER / f"{language}.json").read_text(encoding="utf-8"))
    assert (found["language"], found["direction"]) == (language, "rtl" if language == "ar" else "ltr")
    assert "not an official text" in found["label"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_answer_at_the_one_time_code_has_its_sentence(language: str) -> None:
    silent = {Word.SENT, Word.ACTIVATED, Word.OVER}
    assert {f"said_{word.value}" for word in set(Word) - silent} <= read(language)["pages"].keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_message_fits_into_a_few_parts(language: str) -> None:
    link = "https://activation.dmp.example.fr/opposition/" + "x" * 43
    messages = [
        wording.one_time_code(language, "123456", timedelta(minutes=10)),
        wording.new_code(language, link, datetime(2026, 11, 23, 9, tzinfo=UTC)),
        wording.new_code(language, link, None),
        wording.contact_replaced(language),
        wording.closed(language, date(2036, 11, 12), is_deleted=False),
        wording.closed(language, date(2027, 1, 30), is_deleted=True),
    ]
    part = UCS2_PART if language == "ar" else GSM_PART
    assert [message.sms for message in messages if len(message.sms) > SMS_PARTS * part] == []


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_text_message_of_latin_letters_needs_no_wide_coding(language: str) -> None:
    """One letter outside of the set doubles the parts that are paid for."""
    texts = {name: text for name, text in read(language)["messages"].items() if "_sms" in name}
    wide = {
        name: {letter for letter in text if letter not in GSM and letter not in "{}_"} for name, text in texts.items()
    }
    assert {name: letters for name, letters in wide.items() if letters} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_message_has_one_line_of_subject_and_no_gap_left(language: str) -> None:
    message = wording.one_time_code(language, "123456", timedelta(minutes=10))
    assert "\n" not in message.subject
    assert "{" not in message.subject + message.email + message.sms
    assert "123456" in message.email
    assert "123456" in message.sms
    assert "123456" not in message.subject  # subjects are shown on locked screens


def test_a_moment_is_said_in_the_time_of_paris() -> None:
    assert wording.when(datetime(2026, 7, 1, 22, 30, tzinfo=UTC), "fr") == "02/07/2026 à 00 h 30"


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        (Address(Channel.EMAIL, "rose@exemple.fr", is_proved=True), "r•••@e•••.fr"),
        (Address(Channel.MOBILE, "+33611223344", is_proved=True), "•• •• •• •• 44"),
    ],
)
def test_an_address_is_shown_by_its_ends_alone(address: Address, shown: str) -> None:
    assert wording.masked(address) == shown
