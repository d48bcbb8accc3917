"""The way to central: bytes there, bytes back. The port, and its implementation over HTTP(S).

The implementation believes nothing: TLS by a context that is handed in, no proxy or certificate from the environment,
no redirect, a deadline for the whole exchange (looked at
between two reads), a limit on what is read. What the bytes say is checked by who asked.
"""

from __future__ import annotations

import contextlib
import ssl
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import httpx2
import msgspec

from kiosk.sync.errors import LinkError, RefusedError
from wire.addresses import service_address
from wire.batch import ANSWER_LIMIT
from wire.configuration import CONFIGURATION_LIMIT
from wire.decoders import json_decoder
from wire.errors import ServiceAddressError
from wire.figures import FIGURES_LIMIT
from wire.proofs import PROOF_LIMIT
from wire.status import STATUS_LIMIT
from wire.trust import BUNDLE_LIMIT

CONTENT_TYPE = "application/octet-stream"
_PROBLEM_LIMIT = 4096  # bytes of a problem's JSON
_CODE_LENGTH = 64
_ETAG_LENGTH = 128
_KEEP_ALIVE_S = 75.0


@dataclass(frozen=True, slots=True)
class LinkLimits:
    """Seconds, each with its reason."""

    connect_s: float = 5.0  # a line that is up connects well within
    exchange_s: float = 60.0  # 4 MiB over a slow line, and central's work on 200 records
    status_s: float = 2.0  # a person is waiting; then the terminal says that it cannot know
    proof_s: float = 5.0  # a person is waiting while central hands a message over, which may take it 3.5 s
    figures_s: float = 10.0  # nobody waits


@dataclass(frozen=True, slots=True, repr=False)
class Fetched:
    """A document and its ETag."""

    document: bytes
    etag: str | None


class CentralLink(ABC):
    """Central as seen from a terminal. Every method raises LinkError when no usable bytes came back.

    RefusedError when central answered with a problem. Nothing that comes back is verified here.
    """

    @abstractmethod
    def submit(self, batch: bytes) -> bytes:
        """Send a signed batch; the signed answer."""

    @abstractmethod
    def status(self, query: bytes) -> bytes:
        """Ask about a person; the signed answer, within ``LinkLimits.status_s``."""

    @abstractmethod
    def proof(self, request: bytes) -> bytes:
        """Ask for a one-time code, or whether one is right; the signed answer, within ``LinkLimits.proof_s``."""

    @abstractmethod
    def figures(self, query: bytes) -> bytes:
        """Ask what this office earned this month; the signed answer."""

    @abstractmethod
    def configuration(self, query: bytes) -> Fetched | None:
        """The signed configuration, None when the one held is still right."""

    @abstractmethod
    def trust(self, etag: str | None) -> Fetched | None:
        """The trust bundle, None when the one held is still right."""

    @abstractmethod
    def alive(self) -> bool:
        """Whether central says that it is there; never raises."""

    @abstractmethod
    def close(self) -> None:
        """Let go of every connection; harmless twice."""


class _Problem(msgspec.Struct):
    """The one field of a problem that is used."""

    code: str


class HttpCentralLink(CentralLink):
    """Central over HTTP. ``https`` needs a context; ``http`` goes to loopback only.

    Safe for threads: the worker and the status desk share the pool of connections.
    """

    def __init__(self, base_url: str, *, tls: ssl.SSLContext | None = None, limits: LinkLimits | None = None) -> None:
        self._limits = limits or LinkLimits()
        self._client = httpx2.Client(
            base_url=_checked_address(base_url, tls),
            # Without https this context is never used; an explicit one keeps the environment out in any case.
            verify=tls or ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
            trust_env=False,
            follow_redirects=False,
            # One connection outlives the pause between two questions: a TLS handshake costs central the most.
            limits=httpx2.Limits(max_connections=6, max_keepalive_connections=1, keepalive_expiry=_KEEP_ALIVE_S),
            headers={"User-Agent": "dmp-terminal/1", "Accept-Encoding": "identity"},
        )

    def submit(self, batch: bytes) -> bytes:
        """POST /v1/batches."""
        return self._post("/v1/batches", batch, limit=ANSWER_LIMIT).body

    def status(self, query: bytes) -> bytes:
        """POST /v1/status, with the short deadline."""
        return self._post("/v1/status", query, limit=STATUS_LIMIT, within_s=self._limits.status_s).body

    def proof(self, request: bytes) -> bytes:
        """POST /v1/proofs."""
        return self._post("/v1/proofs", request, limit=PROOF_LIMIT, within_s=self._limits.proof_s).body

    def figures(self, query: bytes) -> bytes:
        """POST /v1/office-figures."""
        return self._post("/v1/office-figures", query, limit=FIGURES_LIMIT, within_s=self._limits.figures_s).body

    def configuration(self, query: bytes) -> Fetched | None:
        """POST /v1/configuration."""
        return self._post("/v1/configuration", query, limit=CONFIGURATION_LIMIT).fetched()

    def trust(self, etag: str | None) -> Fetched | None:
        """GET /v1/trust."""
        headers = {} if etag is None else {"If-None-Match": etag}
        return self._exchange("GET", "/v1/trust", b"", headers, limit=BUNDLE_LIMIT).fetched()

    def alive(self) -> bool:
        """GET /healthz."""
        try:
            answer = self._exchange("GET", "/healthz", b"", {}, limit=_PROBLEM_LIMIT, within_s=self._limits.connect_s)
        except LinkError:
            return False
        return answer.status == HTTPStatus.OK

    def close(self) -> None:
        """Close the pool."""
        self._client.close()

    def _post(self, path: str, body: bytes, *, limit: int, within_s: float | None = None) -> _Answer:
        return self._exchange("POST", path, body, {"Content-Type": CONTENT_TYPE}, limit=limit, within_s=within_s)

    def _exchange(
        self,
        method: str,
        path: str,
        body: bytes,
        headers: Mapping[str, str],
        *,
        limit: int,
        within_s: float | None = None,
    ) -> _Answer:
        exchange_s = within_s or self._limits.exchange_s
        deadline = time.monotonic() + exchange_s
        timeout = httpx2.Timeout(exchange_s, connect=min(self._limits.connect_s, exchange_s))
        with (
            _translated(),
            self._client.stream(method, path, content=body or None, headers=dict(headers), timeout=timeout) as response,
        ):
            received = _read(response, limit, deadline)
        if response.status_code in {HTTPStatus.OK, HTTPStatus.NOT_MODIFIED}:
            return _Answer(response.status_code, received, response.headers.get("ETag"))
        raise _refusal(response.status_code, received)


@dataclass(frozen=True, slots=True, repr=False)
class _Answer:
    status: int
    body: bytes
    etag: str | None

    def fetched(self) -> Fetched | None:
        if self.status == HTTPStatus.NOT_MODIFIED:
            return None
        return Fetched(self.body, self.etag if self.etag is None or len(self.etag) <= _ETAG_LENGTH else None)


def tls_context(authorities: Path | None) -> ssl.SSLContext:
    """A context that trusts the authorities of a PEM file, or the system's compiled-in list when None.

    SSL_CERT_FILE and SSL_CERT_DIR say nothing here: whoever can set a terminal's environment cannot bend its trust.

    Raises:
        LinkError: ``authorities``: the file cannot be read.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    places = ssl.get_default_verify_paths()
    file = str(authorities) if authorities else places.openssl_cafile
    folder = None if authorities else places.openssl_capath
    try:
        context.load_verify_locations(file if authorities or Path(file).exists() else None, folder)
    except OSError as error:  # ssl.SSLError is one
        raise LinkError("the file of certificate authorities cannot be read", code="authorities") from error
    return context


def _checked_address(text: str, tls: ssl.SSLContext | None) -> str:
    words = "central is reached by https with a TLS context, or by http on this machine only"
    try:
        address = service_address(text)
    except ServiceAddressError as error:
        raise LinkError(words, code="address") from error
    if tls is None and address.lower().startswith("https:"):
        raise LinkError(words, code="address")
    return address


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except httpx2.TimeoutException as error:
        raise LinkError("central did not answer in time", code="timeout") from error
    except httpx2.HTTPError as error:
        raise LinkError("central cannot be reached", code="unreachable") from error


def _read(response: httpx2.Response, limit: int, deadline: float) -> bytes:
    # Raw, not decoded: a small compressed body could otherwise grow past the limit in one step.
    received = bytearray()
    if "Content-Encoding" in response.headers:
        raise LinkError("central's answer is compressed, which was not asked for", code="http")
    for chunk in response.iter_raw():
        received += chunk
        if len(received) > limit:
            raise LinkError(f"central's answer has more than {limit} bytes", code="too_long")
        if time.monotonic() > deadline:
            raise LinkError("central did not finish its answer in time", code="timeout")
    return bytes(received)


def _refusal(status: int, body: bytes) -> LinkError:
    if not HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return LinkError(f"central answered with HTTP {status}", code="http")
    try:
        code = json_decoder(_Problem).decode(body).code
    except msgspec.DecodeError:
        code = ""
    known = code if code.isascii() and code.isidentifier() and len(code) <= _CODE_LENGTH else "http"
    return RefusedError(f"central refused with HTTP {status}", status=status, code=known)
