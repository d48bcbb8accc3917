"""The identity provider over HTTP: its description, its keys, a code against an ID token. Bounded in time and size."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import quote

import httpx2
import msgspec
from authlib.oauth2.rfc6749.parameters import prepare_token_request
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, KeySetSerialization

from central.errors import ProviderError, SetupError
from central.staff.provider.settings import ProviderSettings
from wire.addresses import service_address
from wire.decoders import json_decoder
from wire.errors import ServiceAddressError

_TIMEOUT_S = 10.0
_ANSWER_LIMIT = 256 * 1024  # bytes
_OK = 200


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where the provider does what (OpenID Connect Discovery 1.0 §3)."""

    authorization: str
    token: str
    keys: str


class ProviderLink:
    """One provider. Safe for threads: they share one pool of connections."""

    def __init__(self, settings: ProviderSettings, *, timeout_s: float = _TIMEOUT_S) -> None:
        self._settings = settings
        try:
            tls = ssl.create_default_context(cafile=settings.authorities)
        except OSError as error:
            raise SetupError("the file of the provider's authorities cannot be read", code="oidc") from error
        self._client = httpx2.Client(verify=tls, timeout=timeout_s, trust_env=False, follow_redirects=False)

    def endpoints(self) -> Endpoints:
        """Ask for the provider's description.

        Steps: it names the issuer that was set, letter by letter (Discovery §4.3), and its addresses are https or on
        this machine.

        Raises:
            ProviderError: ``provider_silent``, ``provider_answer``.
        """
        described = self._asked("GET", self._settings.issuer.rstrip("/") + "/.well-known/openid-configuration")
        if described.get("issuer") != self._settings.issuer:
            raise ProviderError("the provider calls itself by another name")
        names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        return Endpoints(*(_address(described.get(name)) for name in names))

    def keys(self, endpoints: Endpoints) -> KeySet:
        """The keys that sign ID tokens now.

        Raises:
            ProviderError: ``provider_silent``, ``provider_answer``.
        """
        try:
            return KeySet.import_key_set(cast(KeySetSerialization, self._asked("GET", endpoints.keys)))
        except (JoseError, KeyError, TypeError, ValueError) as error:
            raise ProviderError("the provider's keys cannot be read") from error

    def exchange(self, endpoints: Endpoints, *, code: str, verifier: str, redirect_uri: str) -> Mapping[str, Any]:
        """Give the code and the PKCE verifier, get the tokens (RFC 6749 §4.1.3, RFC 7636 §4.5).

        Raises:
            ProviderError: ``provider_silent``, ``provider_answer``: also when the code is not, or no longer, good.
        """
        form = prepare_token_request("authorization_code", redirect_uri=redirect_uri, code=code, code_verifier=verifier)
        # RFC 6749 §2.3.1: name and secret are form-encoded before they are joined.
        account = (quote(self._settings.client_id, safe=""), quote(self._settings.client_secret, safe=""))
        return self._asked("POST", endpoints.token, form=form, account=account)

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()

    def _asked(
        self, method: str, url: str, *, form: str | None = None, account: tuple[str, str] | None = None
    ) -> dict[str, Any]:
        headers = {"Accept": "application/json"}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            with self._client.stream(method, url, content=form, headers=headers, auth=account) as answer:
                if answer.status_code != _OK:
                    raise ProviderError(f"the provider answered {answer.status_code}")
                body = bytearray()
                for chunk in answer.iter_bytes():
                    body += chunk
                    if len(body) > _ANSWER_LIMIT:
                        raise ProviderError("the provider's answer is too long")
            return json_decoder(dict[str, Any]).decode(bytes(body))
        except (httpx2.HTTPError, httpx2.StreamError, httpx2.InvalidURL) as error:
            raise ProviderError(
                f"the provider does not answer ({type(error).__name__})", code="provider_silent"
            ) from error
        except msgspec.DecodeError as error:
            raise ProviderError("the provider's answer cannot be read") from error


def _address(text: object) -> str:
    try:
        service_address(str(text))
    except ServiceAddressError as error:
        raise ProviderError("the provider names an address that is none, or is not safe") from error
    return str(text)
