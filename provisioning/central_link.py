"""The two questions a new terminal asks central over HTTP, with limits and without a word from the environment."""

from __future__ import annotations

import json
import ssl
from abc import ABC, abstractmethod
from pathlib import Path

import httpx2

from provisioning.errors import CentralRefusedError, RegistrationError, TicketError
from wire.addresses import service_address
from wire.errors import ServiceAddressError
from wire.registration import REGISTRATION_ANSWER_LIMIT
from wire.trust import BUNDLE_LIMIT

_TIMEOUT_S = 15.0  # for connecting, and for each silence of central
_PROBLEM_LIMIT = 4096  # bytes
_OCTETS = "application/octet-stream"

_SENTENCES = {
    "token_unknown": "central does not know this ticket: it is mistyped, or it is of another programme",
    "token_used": "this ticket has already registered a terminal: ask for a new ticket",
    "token_expired": "this ticket has expired: ask for a new ticket",
    "terminal_revoked": "the terminal of this ticket was revoked: ask for a ticket with a new name",
}


_OF_THE_TICKET = {
    "address": "the ticket's address is no https address: the ticket is mistyped",
    "address_insecure": (
        "the ticket leads to a plain http address on another machine: ask for a ticket with an https address"
    ),
}


class CentralLink(ABC):
    """Central as a new terminal sees it.

    Both questions raise RegistrationError: ``unreachable``, ``answer_too_long``, ``answer`` (no central there).
    """

    @abstractmethod
    def trust_bundle(self) -> bytes:
        """The trust bundle that central shows to everyone; not yet verified."""

    @abstractmethod
    def register(self, request: bytes) -> bytes:
        """The answer to a registration request; not yet verified.

        Raises:
            CentralRefusedError: with central's code, for instance ``token_used``.
        """


class HttpCentralLink(CentralLink):
    """Central behind HTTP; HTTPS everywhere but on this very machine."""

    def __init__(self, address: str, authorities: Path | None = None) -> None:
        """``address`` as on the ticket; ``authorities`` is a PEM file that replaces the system's list.

        Raises:
            TicketError: ``address`` or ``address_insecure``.
            RegistrationError: ``authorities``.
        """
        self._address = _checked_address(address)
        self._client = httpx2.Client(
            verify=_tls_context(authorities),
            trust_env=False,  # no proxy and no list of authorities from the environment
            timeout=_TIMEOUT_S,
            follow_redirects=False,
        )

    def trust_bundle(self) -> bytes:
        """GET /v1/trust."""
        return self._ask("GET", "/v1/trust", None, BUNDLE_LIMIT)

    def register(self, request: bytes) -> bytes:
        """POST /v1/registrations."""
        return self._ask("POST", "/v1/registrations", request, REGISTRATION_ANSWER_LIMIT)

    def close(self) -> None:
        """Let the connection go."""
        self._client.close()

    def _ask(self, method: str, path: str, content: bytes | None, limit: int) -> bytes:
        try:
            with self._client.stream(
                method, self._address + path, content=content, headers={"Content-Type": _OCTETS} if content else {}
            ) as response:
                good = response.status_code == httpx2.codes.OK
                body = _read(response, limit if good else _PROBLEM_LIMIT)
                if not good:
                    raise _refusal(response.status_code, body)
                return body
        except httpx2.HTTPError as error:
            raise RegistrationError(
                f"central cannot be reached at {self._address} ({type(error).__name__}): "
                "check network, address and clock",
                code="unreachable",
            ) from error


def _checked_address(address: str) -> str:
    try:
        return service_address(address)
    except ServiceAddressError as error:
        raise TicketError(_OF_THE_TICKET[error.code], code=error.code) from error


def _tls_context(authorities: Path | None) -> ssl.SSLContext:
    """Certificates checked against the compiled-in places: SSL_CERT_FILE and SSL_CERT_DIR say nothing here."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    places = ssl.get_default_verify_paths()
    file = str(authorities) if authorities else places.openssl_cafile
    folder = None if authorities else places.openssl_capath
    try:
        context.load_verify_locations(file if authorities or Path(file).exists() else None, folder)
    except (OSError, ssl.SSLError) as error:
        raise RegistrationError("the file of certificate authorities cannot be read", code="authorities") from error
    return context


def _read(response: httpx2.Response, limit: int) -> bytes:
    """At most ``limit`` bytes, however long central goes on."""
    body = bytearray()
    for piece in response.iter_raw(8192):
        body += piece
        if len(body) > limit:
            raise RegistrationError("central's answer is longer than any answer of ours", code="answer_too_long")
    return bytes(body)


def _refusal(status: int, body: bytes) -> RegistrationError:
    try:
        code = str(json.loads(body)["code"])
    except (ValueError, KeyError, TypeError):
        return RegistrationError(f"at that address is no central: it answers {status}", code="answer")
    if code in _SENTENCES:
        return CentralRefusedError(_SENTENCES[code], code=code)
    return CentralRefusedError(f"central refuses the registration ({status})", code="refused")
