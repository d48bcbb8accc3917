"""The demonstration's mailbox and phone: what is sent can be read, by a person and by a script."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest
from letterbox import Letterbox, MailServer, WebServer, letters_in

from central.messaging.errors import NotSentError
from central.messaging.messenger import messenger_from
from central.messaging.ports import Messenger
from central.messaging.settings import messaging_settings


@pytest.fixture
def box(tmp_path: Path) -> Letterbox:
    return Letterbox(tmp_path / "messages")


@pytest.fixture
def web(box: Letterbox) -> Iterator[str]:
    with WebServer(0, box) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def messenger(box: Letterbox, web: str) -> Iterator[Messenger]:
    with MailServer(0, box) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        given = {
            "V_SMTP_URL": f"smtp://127.0.0.1:{server.server_address[1]}",
            "V_MAIL_FROM": "ne-pas-repondre@dmp.example",
            "V_SMS_URL": f"{web}/sms",
        }
        made = messenger_from(messaging_settings(given, "V_"), clock=lambda: datetime.now(UTC))
        yield made
        made.close()
        server.shutdown()
        thread.join()


def shown(web: str) -> str:
    return httpx2.get(web, trust_env=False).raise_for_status().text


def test_messages_are_read_as_they_were_written(messenger: Messenger, box: Letterbox) -> None:
    messenger.send_email("leila@exemple.fr", "رمزك", "رمزك هو\n.\n..\n042137\n")
    messenger.send_sms("+33612345678", "Votre code est 042137.")
    found = [(one.kind, one.to, one.subject, one.body.replace("\r\n", "\n")) for one in box.letters()]
    assert found == [
        ("email", "leila@exemple.fr", "رمزك", "رمزك هو\n.\n..\n042137\n"),
        ("sms", "+33612345678", "", "Votre code est 042137."),
    ]


def test_the_page_shows_the_newest_first(messenger: Messenger, web: str) -> None:
    assert "Aucun message" in shown(web)
    messenger.send_sms("+33612345678", "code 111111")
    messenger.send_sms("+33612345678", "code 222222")
    page = shown(web)
    assert 0 < page.index("222222") < page.index("111111")


def test_a_message_cannot_put_anything_into_the_page(messenger: Messenger, web: str) -> None:
    messenger.send_email("marie@exemple.fr", "<script>1</script>", "<img src=x onerror=1>")
    page = shown(web)
    assert "<script" not in page
    assert "<img" not in page


@pytest.mark.parametrize("body", [b"", b"rubbish", b"[]", b'{"to": "+33612345678"}'])
def test_what_is_no_text_message_is_refused(web: str, box: Letterbox, body: bytes) -> None:
    assert httpx2.post(f"{web}/sms", content=body, trust_env=False).status_code == 400
    assert box.letters() == []


def test_messages_outlive_the_process(messenger: Messenger, box: Letterbox) -> None:
    messenger.send_sms("+33612345678", "code 111111")
    assert letters_in(box._folder) == box.letters() != []


def test_it_is_no_mail_server_for_addresses_that_are_none(messenger: Messenger, box: Letterbox) -> None:
    with pytest.raises(NotSentError):
        messenger.send_email("marie", "Sujet", "Texte")
    assert box.letters() == []
