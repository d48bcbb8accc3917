"""An OpenID provider on a real port, strict where a real one is, that lies when it is told to.

It checks what RFC 6749 and RFC 7636 ask of it: client and secret, the code once, the same redirect address, the PKCE
verifier. ``lies`` replaces claims of the ID token, or the way it is signed.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT, SECRET = "central-dmp", "un secret entre deux services"


@dataclass
class IdentityProvider:
    """One provider; ``subject`` is who signs in there next, ``lies`` what it says wrongly."""

    clock: Callable[[], datetime]
    issuer: str = ""
    subject: str = "rpps-899700000001"
    acr: str = "eidas2"
    lies: dict[str, Any] = field(default_factory=dict)
    signs_with: str = "own"  # own, another, secret, nothing
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "k1"}))
    another: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "k1"}))
    asked: list[dict[str, str]] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def authorize(self, url: str) -> str:
        """Sign in there as ``subject``: the query with which the browser is sent back."""
        asked = dict(parse_qsl(urlsplit(url).query))
        assert asked["client_id"] == CLIENT
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        self.asked.append(asked)
        code = secrets.token_urlsafe()
        self.codes[code] = asked
        return urlencode({"code": code, "state": asked["state"], "iss": self.issuer})

    def described(self) -> dict[str, object]:
        return {
            "issuer": self.lies.get("described", self.issuer),
            "authorization_endpoint": self.issuer + "/authorize",
            "token_endpoint": self.issuer + "/token",
            "jwks_uri": self.issuer + "/keys",
        }

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, object]]:
        asked = self.codes.pop(form.get("code", ""), None)  # good once
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        account = base64.b64decode(authorization.removeprefix("Basic ")).decode()
        if (
            asked is None
            or form.get("redirect_uri") != asked["redirect_uri"]
            or challenge.decode().rstrip("=") != asked["code_challenge"]
            or account != f"{CLIENT}:{SECRET.replace(' ', '%20')}"
        ):
            return 400, {"error": "invalid_grant"}
        access = secrets.token_urlsafe()
        return 200, {"access_token": access, "token_type": "Bearer", "id_token": self._id_token(asked, access)}

    def _id_token(self, asked: dict[str, str], access: str) -> str:
        now = int(self.clock().timestamp())
        half = hashlib.sha256(access.encode()).digest()[:16]
        claims = {
            "iss": self.issuer,
            "sub": self.subject,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 60,
            "nonce": asked["nonce"],
            "acr": self.acr,
            "at_hash": base64.urlsafe_b64encode(half).decode().rstrip("="),
        } | {name: value for name, value in self.lies.items() if name != "described"}
        if self.signs_with == "nothing":
            parts = ({"alg": "none"}, claims)
            return ".".join(base64.urlsafe_b64encode(json.dumps(p).encode()).decode().rstrip("=") for p in parts) + "."
        if self.signs_with == "secret":
            return jwt.encode({"alg": "HS256", "kid": "k1"}, claims, OctKey.import_key(SECRET * 2))
        key = self.another if self.signs_with == "another" else self.key
        return jwt.encode({"alg": "RS256", "kid": "k1"}, claims, key)


class _Handler(BaseHTTPRequestHandler):
    provider: ClassVar[IdentityProvider]

    def do_GET(self) -> None:
        pages = {
            "/.well-known/openid-configuration": self.provider.described,
            "/keys": lambda: {"keys": [self.provider.key.as_dict(private=False)]},
        }
        page = pages.get(self.path)
        self._answer(404, {}) if page is None else self._answer(200, page())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        self._answer(*self.provider.token(form, self.headers.get("Authorization", "")))

    def _answer(self, status: int, document: dict[str, Any]) -> None:
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Tests read what central logs."""


@contextmanager
def identity_provider(clock: Callable[[], datetime]) -> Iterator[IdentityProvider]:
    """A provider that answers until the block ends."""
    provider = IdentityProvider(clock)
    handler = type("Handler", (_Handler,), {"provider": provider})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        provider.issuer = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield provider
        server.shutdown()
        thread.join()
