"""What every ``Messenger`` owes the services: the fake, and the real one over real servers."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from central.messaging.errors import NotSentError
from central.messaging.messenger import messenger_from
from central.messaging.ports import Messenger
from central.messaging.settings import NO_MESSAGES, messaging_settings
from tests.fakes.http_central import reply, running
from tests.fakes.mail_server import mail_server
from tests.fakes.messenger import FakeMessenger

EMAIL, MOBILE = "marie@exemple.fr", "+33612345678"


@dataclass(frozen=True)
class Post:
    """``arrived`` tells (to, subject, body) of each message; ``refuse`` makes both servers say no."""

    messenger: Messenger
    arrived: Callable[[], list[tuple[str, str | None, str]]]
    refuse: Callable[[], None]
    mute: Messenger


@contextlib.contextmanager
def _fake() -> Iterator[Post]:
    fake = FakeMessenger()
    yield Post(
        fake,
        arrived=lambda: [(one.to, one.subject, one.body) for one in fake.sent],
        refuse=lambda: setattr(fake, "failure", "refused"),
        mute=FakeMessenger(email=False, sms=False),
    )


@contextlib.contextmanager
def _real() -> Iterator[Post]:
    def clock() -> datetime:
        return datetime(2026, 11, 22, tzinfo=UTC)

    with mail_server() as mail, running() as web:
        given = {
            "V_SMTP_URL": f"smtp://127.0.0.1:{mail.port}",
            "V_MAIL_FROM": "ne-pas-repondre@dmp.example",
            "V_SMS_URL": f"{web.url}/sms",
        }

        def arrived() -> list[tuple[str, str | None, str]]:
            mails = [(str(one.message["To"]), str(one.message["Subject"]), text_of(one)) for one in mail.taken]
            texts = [(form["to"], None, form["message"]) for form in (json.loads(seen.body) for seen in web.seen)]
            return mails + texts

        def text_of(taken: object) -> str:
            return str(taken.message.get_content()).replace("\r\n", "\n")  # type: ignore[attr-defined]

        def refuse() -> None:
            mail.refusal = "554 no"
            web.answer = reply(500)

        real = messenger_from(messaging_settings(given, "V_"), clock=clock)
        yield Post(real, arrived, refuse, messenger_from(NO_MESSAGES, clock=clock))
        real.close()
        real.close()


@pytest.fixture(params=[_fake, _real], ids=["fake", "real"])
def post(request: pytest.FixtureRequest) -> Iterator[Post]:
    with request.param() as made:
        yield made


def codes(*sends: Callable[[], None]) -> list[str]:
    found = []
    for send in sends:
        with pytest.raises(NotSentError) as refused:
            send()
        found.append(refused.value.code)
    return found


def test_both_kinds_arrive_as_written(post: Post) -> None:
    post.messenger.send_email(EMAIL, "Votre code", "Le voilà : 123456\n")
    post.messenger.send_sms(MOBILE, "رمزك 123456")
    assert post.arrived() == [(EMAIL, "Votre code", "Le voilà : 123456\n"), (MOBILE, None, "رمزك 123456")]


def test_it_says_what_it_can_send(post: Post) -> None:
    assert (post.messenger.has_email, post.messenger.has_sms) == (True, True)
    assert (post.mute.has_email, post.mute.has_sms) == (False, False)


def test_without_a_route_nothing_is_sent_and_said_so(post: Post) -> None:
    mute = post.mute
    assert codes(lambda: mute.send_email(EMAIL, "s", "b"), lambda: mute.send_sms(MOBILE, "b")) == ["no_route"] * 2


def test_an_address_that_is_none_goes_nowhere(post: Post) -> None:
    messenger = post.messenger
    sends = (
        lambda: messenger.send_email(f"{EMAIL}\nBcc: a@b.fr", "s", "b"),
        lambda: messenger.send_sms("0612345678", "b"),
    )
    assert codes(*sends) == ["recipient", "recipient"]
    assert post.arrived() == []


def test_a_server_that_says_no_is_a_refusal(post: Post) -> None:
    post.refuse()
    messenger = post.messenger
    assert (
        codes(lambda: messenger.send_email(EMAIL, "s", "b"), lambda: messenger.send_sms(MOBILE, "b")) == ["refused"] * 2
    )
