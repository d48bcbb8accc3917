"""What the vault writes to holders, in their language: messages, and the words of the pages that follow one.

Texts are data, one file a language; a test keeps the files in step. All are drafts of ours, labelled so.
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from central.messaging.ports import Messenger
from central.vault.contacts import Address, Channel, known_language

_FOLDER = Path(__file__).with_name("texts")
_PARIS = ZoneInfo("Europe/Paris")
_WHEN = {"fr": "%d/%m/%Y à %H h %M", "en": "%d/%m/%Y at %H:%M", "ar": "%d/%m/%Y %H:%M"}
_DAY = "%d/%m/%Y"  # as read in the three languages
_SHOWN_DIGITS = 2


@dataclass(frozen=True, slots=True, repr=False)
class Message:
    """One message in its two forms."""

    subject: str
    email: str
    sms: str


@dataclass(frozen=True, slots=True)
class Words:
    """The words of pages in one language."""

    language: str
    direction: str
    pages: dict[str, str]

    def __getitem__(self, name: str) -> str:
        return self.pages[name]


def words(language: str | None) -> Words:
    """The pages' words; French for a language that is not here."""
    read = _read(known_language(language))
    return Words(str(read["language"]), str(read["direction"]), dict(read["pages"]))


def one_time_code(language: str, code: str, life: timedelta) -> Message:
    """The message that bears a one-time code: the only place it is ever written."""
    minutes = life // timedelta(minutes=1)
    return _message(language, ("one_time_subject", "one_time_email", "one_time_sms"), code=code, minutes=minutes)


def new_code(language: str, link: str, valid_from: datetime | None) -> Message:
    """Somebody asked for a new code; ``valid_from`` None: it is good now, or in a moment."""
    form = "now" if valid_from is None else "later"
    names = ("new_code_subject", f"new_code_email_{form}", f"new_code_sms_{form}")
    return _message(language, names, link=link, when="" if valid_from is None else when(valid_from, language))


def contact_replaced(language: str) -> Message:
    """The last message to an address that was replaced."""
    return _message(language, ("contact_replaced_subject", "contact_replaced_email", "contact_replaced_sms"))


def closed(language: str, until: date, *, is_deleted: bool) -> Message:
    """The dossier was closed; ``until``: a day until which it can surely be opened again."""
    word = "deletion" if is_deleted else "closed"
    day = until.strftime(_DAY)
    return _message(language, (f"{word}_subject", f"{word}_email", f"{word}_sms"), until=day)


def when(at: datetime, language: str) -> str:
    """A moment as people in Paris read it, to the minute."""
    return at.astimezone(_PARIS).strftime(_WHEN[known_language(language)])


def send(messenger: Messenger, to: Address, message: Message) -> None:
    """Hand a message over in the form that its address takes.

    Raises:
        NotSentError: it did not leave.
    """
    if to.channel is Channel.EMAIL:
        messenger.send_email(to.value, message.subject, message.email)
    else:
        messenger.send_sms(to.value, message.sms)


def masked(address: Address) -> str:
    """Enough of an address for its owner to know it by, and no more."""
    if address.channel is Channel.MOBILE:
        return f"•• •• •• •• {address.value[-_SHOWN_DIGITS:]}"
    local, _, domain = address.value.rpartition("@")
    return f"{local[:1]}•••@{domain[:1]}•••.{domain.rpartition('.')[2]}"


def _message(language: str, names: tuple[str, str, str], **values: object) -> Message:
    texts = _read(known_language(language))["messages"]
    subject, email, sms = (texts[name].format(**values) for name in names)
    return Message(subject, email, sms)


@functools.cache
def _read(language: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads((_FOLDER / f"{language}.json").read_text(encoding="utf-8"))
    return found
