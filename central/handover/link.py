"""How central reaches the vault: signed bytes out, signed bytes back."""

from __future__ import annotations

import ssl
from abc import ABC, abstractmethod

import httpx2

from central.errors import SetupError, VaultError
from wire.addresses import service_address
from wire.errors import ServiceAddressError
from wire.handover import HAND_OVER_ANSWER_LIMIT

_TIMEOUT_S = 20.0  # of connecting, and of each read
_OK = 200


class VaultLink(ABC):
    """The vault's two doors."""

    @abstractmethod
    def hand_over(self, request: bytes) -> bytes:
        """Post a signed hand-over.

        Raises:
            VaultError: no answer, or none that may be read.
        """

    @abstractmethod
    def events(self, query: bytes) -> bytes:
        """Post a signed question for events.

        Raises:
            VaultError: no answer, or none that may be read.
        """


class HttpVaultLink(VaultLink):
    """The vault over HTTP; https anywhere, plain http only on this machine. The environment's proxies do not count."""

    def __init__(self, url: str, *, timeout_s: float = _TIMEOUT_S, tls: ssl.SSLContext | None = None) -> None:
        try:
            self._url = service_address(url)
        except ServiceAddressError as error:
            raise SetupError(
                "the vault is reached over https, or over http on this machine", code="vault_url"
            ) from error
        context = tls or ssl.create_default_context()
        self._client = httpx2.Client(verify=context, timeout=timeout_s, trust_env=False, follow_redirects=False)

    def hand_over(self, request: bytes) -> bytes:  # noqa: D102 - the port says it
        return self._post("/v1/hand-over", request)

    def events(self, query: bytes) -> bytes:  # noqa: D102 - the port says it
        return self._post("/v1/events", query)

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()

    def _post(self, path: str, body: bytes) -> bytes:
        headers = {"content-type": "application/octet-stream"}
        try:
            with self._client.stream("POST", self._url + path, content=body, headers=headers) as answer:
                if answer.status_code != _OK:
                    raise VaultError(f"the vault answered {answer.status_code}", code="vault_status")
                return _read(answer)
        except (httpx2.HTTPError, httpx2.StreamError) as error:
            raise VaultError(f"the vault does not answer ({type(error).__name__})", code="vault_silent") from error


def _read(answer: httpx2.Response) -> bytes:
    body = bytearray()
    for chunk in answer.iter_bytes():
        body += chunk
        if len(body) > HAND_OVER_ANSWER_LIMIT:
            raise VaultError("the vault's answer is too long", code="vault_too_long")
    return bytes(body)
