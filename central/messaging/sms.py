"""Text messages over a provider's HTTP gateway.

Which provider the programme will use is not known; what is sent is the small form most of them have in common, with
the names of the fields as a setting (SMS_FIELDS):

    POST <SMS_URL>        Authorization: Bearer <token>        Content-Type: application/json
    {"to": "+33612345678", "message": "…", "sender": "DMP"}

Any 2xx means that the gateway has taken the message on; its body is not looked at. Everything else is a refusal.
A provider whose form differs more needs an adapter of its own beside this one.
"""

from __future__ import annotations

import json
import ssl

import httpx2

from central.messaging.errors import NotSentError
from central.messaging.recipients import is_mobile
from central.messaging.settings import SmsSettings


class HttpSmsGateway:
    """A gateway. Safe for threads: they share one pool of connections."""

    def __init__(self, settings: SmsSettings, tls: ssl.SSLContext, *, timeout_s: float) -> None:
        self._settings = settings
        headers = {"Content-Type": "application/json"}
        if settings.token is not None:
            headers["Authorization"] = f"Bearer {settings.token}"
        self._client = httpx2.Client(
            verify=tls, timeout=timeout_s, trust_env=False, follow_redirects=False, headers=headers
        )

    def send(self, to: str, body: str) -> None:
        """Hand one text message over.

        Raises:
            NotSentError: ``recipient``, ``silent``, ``unreachable`` or ``refused``.
        """
        if not is_mobile(to):
            raise NotSentError("this is no number that a text message can go to", code="recipient")
        fields = self._settings.fields
        form = {fields.to: to, fields.body: body}
        if self._settings.sender is not None:
            form[fields.sender] = self._settings.sender
        try:
            # Streamed and not read: whatever a gateway answers, only its status counts.
            with self._client.stream("POST", self._settings.url, content=json.dumps(form).encode()) as answer:
                status, is_taken = answer.status_code, answer.is_success
        except httpx2.TimeoutException as error:
            raise NotSentError("the gateway does not answer in time", code="silent") from error
        except (httpx2.HTTPError, httpx2.StreamError) as error:
            raise NotSentError(f"the gateway cannot be reached ({type(error).__name__})", code="unreachable") from None
        if not is_taken:
            raise NotSentError(f"the gateway answered {status}", code="refused")

    def close(self) -> None:
        """Close the pool."""
        self._client.close()
