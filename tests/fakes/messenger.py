"""A ``Messenger`` that keeps what it is given, or fails as the test says."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from central.messaging.errors import NotSentError
from central.messaging.ports import Messenger
from central.messaging.recipients import is_mobile, mailbox


@dataclass(frozen=True)
class Message:
    """What a person received; an SMS has no subject."""

    to: str
    subject: str | None
    body: str

    @property
    def code(self) -> str:
        """The six digits in it."""
        return re.findall(r"(?<!\d)\d{6}(?!\d)", self.body)[-1]


@dataclass
class FakeMessenger(Messenger):
    """``failure`` is the code of the NotSentError that every message meets."""

    email: bool = True
    sms: bool = True
    failure: str | None = None
    sent: list[Message] = field(default_factory=list)

    @property
    def has_email(self) -> bool:
        return self.email

    @property
    def has_sms(self) -> bool:
        return self.sms

    def send_email(self, to: str, subject: str, body: str) -> None:
        self._be_able(has_route=self.email, is_one=mailbox(to) is not None)
        self.sent.append(Message(to, subject, body))

    def send_sms(self, to: str, body: str) -> None:
        self._be_able(has_route=self.sms, is_one=is_mobile(to))
        self.sent.append(Message(to, None, body))

    def close(self) -> None:
        """Nothing is held."""

    def _be_able(self, *, has_route: bool, is_one: bool) -> None:
        code = self.failure if has_route else "no_route"
        if code is None and not is_one:
            code = "recipient"
        if code is not None:
            raise NotSentError("as the test says", code=code)
