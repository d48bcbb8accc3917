"""Text messages, handed to a real HTTP server on loopback."""

from __future__ import annotations

import json
import ssl
from pathlib import Path

import pytest

from central.messaging.errors import NotSentError
from central.messaging.routes import SmsFields
from central.messaging.settings import SmsSettings
from central.messaging.sms import HttpSmsGateway
from tests.fakes.http_central import HttpCentral, reply, running, self_signed

TO, BODY = "+33612345678", "رمزك هو 123456"


def gateway(url: str, *, timeout_s: float = 5.0, trusting: Path | None = None, **given: object) -> HttpSmsGateway:
    settings = SmsSettings(url=f"{url}/sms", token="jeton-fictif", **given)  # type: ignore[arg-type]
    return HttpSmsGateway(settings, ssl.create_default_context(cafile=trusting), timeout_s=timeout_s)


def code_of(sms: HttpSmsGateway, to: str = TO) -> str:
    with pytest.raises(NotSentError) as refused:
        sms.send(to, BODY)
    return refused.value.code


def test_number_text_and_token_arrive() -> None:
    with running() as server:
        gateway(server.url).send(TO, BODY)
        [seen] = server.seen
    assert (seen.method, seen.path, json.loads(seen.body)) == ("POST", "/sms", {"to": TO, "message": BODY})
    headers = {name.lower(): value for name, value in seen.headers.items()}
    assert headers["authorization"] == "Bearer jeton-fictif"
    assert headers["content-type"] == "application/json"


def test_the_fields_bear_the_names_of_the_provider() -> None:
    with running() as server:
        gateway(server.url, sender="DMP", fields=SmsFields("recipient", "text", "from")).send(TO, BODY)
        [seen] = server.seen
    assert json.loads(seen.body) == {"recipient": TO, "text": BODY, "from": "DMP"}


@pytest.mark.parametrize("status", [201, 202, 204])
def test_any_2xx_is_taken_on(status: int) -> None:
    with running() as server:
        server.answer = reply(status)
        gateway(server.url).send(TO, BODY)


@pytest.mark.parametrize("status", [301, 400, 401, 429, 500, 503])
def test_any_other_status_is_a_refusal(status: int) -> None:
    with running() as server:
        server.answer = reply(status, Location=f"{server.url}/elsewhere")
        assert code_of(gateway(server.url)) == "refused"
        assert len(server.seen) == 1  # no redirect is followed: it would carry number and token elsewhere


@pytest.mark.parametrize("number", ["0612345678", "+33", "+336123456780000000", "+33612345678\n", "+33 612345678", ""])
def test_what_is_no_number_goes_nowhere(number: str) -> None:
    with running() as server:
        assert code_of(gateway(server.url), number) == "recipient"
        assert server.seen == []


def test_a_gateway_that_hangs_is_silent() -> None:
    with running() as server:
        server.answer = lambda _handler: hang(server)
        assert code_of(gateway(server.url, timeout_s=0.2)) == "silent"


def hang(server: HttpCentral) -> None:
    server.stopping.wait(10)


def test_a_gateway_nobody_vouches_for_gets_nothing(tmp_path: Path) -> None:
    public, context = self_signed(tmp_path, "gateway")
    with running(context) as server:
        assert code_of(gateway(server.url)) == "unreachable"
        assert server.seen == []
        gateway(server.url, trusting=public).send(TO, BODY)


def test_no_error_and_no_repr_tells_number_text_or_token() -> None:
    sms = gateway("http://127.0.0.1:1")
    with pytest.raises(NotSentError) as refused:
        sms.send(TO, BODY)
    told = str(refused.value) + repr(sms._settings)
    assert not any(word in told for word in (TO, "123456", "jeton"))
