"""Sign-in by OpenID Connect: code flow with PKCE, state and nonce; a claim names an account that was prepared here.

Nobody is made a manager by a claim: role and region stand in our own table, and the operator maps the claim to it.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from sqlalchemy import select

from central.engine import in_transaction, reading
from central.errors import ProviderError
from central.staff.door import Door, SignIn
from central.staff.models import managers
from central.staff.provider.link import Endpoints, ProviderLink
from central.staff.provider.settings import ProviderSettings
from central.staff.sessions import Stage
from wire.identifiers import milliseconds

WAY_AND_BACK = timedelta(minutes=10)  # how long somebody may stay at the provider's
_ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]  # signatures only: no "none", no shared secret
_LEEWAY_S = 60  # between the provider's clock and ours
_RANDOM_BYTES = 32
_BY_PROVIDER = "provider"


class Departure(msgspec.Struct, frozen=True):
    """What must come back: kept by the browser in a signed cookie between the way there and the way back."""

    state: str
    nonce: str
    verifier: str
    left_ms: int


@dataclass(frozen=True, slots=True, repr=False)
class Return:
    """With what the browser came back: the query as it is, and what it had kept."""

    query: Mapping[str, str]
    departure: Departure | None
    address: str = ""


class ProviderDesk:
    """Sends managers to one provider and takes them back."""

    def __init__(self, door: Door, settings: ProviderSettings, link: ProviderLink, *, redirect_uri: str) -> None:
        self._door = door
        self._settings = settings
        self._link = link
        self._redirect_uri = redirect_uri

    def depart(self, *, now: datetime) -> tuple[str, Departure]:
        """The address to send the browser to, and what it must keep meanwhile.

        Raises:
            ProviderError: the provider does not answer, or not as it must.
        """
        state, nonce, verifier = (secrets.token_urlsafe(_RANDOM_BYTES) for _ in range(3))
        url: str = prepare_grant_uri(
            self._link.endpoints().authorization,
            self._settings.client_id,
            "code",
            self._redirect_uri,
            "openid",
            state,
            nonce=nonce,
            acr_values=" ".join(self._settings.acr_values),
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
        )
        return url, Departure(state, nonce, verifier, milliseconds(now))

    def arrive(self, back: Return, *, now: datetime) -> SignIn:
        """Open a session for whom the provider names, if the account was prepared.

        Steps (OpenID Connect Core 1.0 §3.1.2.7, §3.1.3.7):

        1. this browser left from here, not long ago, and brings the same ``state``; a provider that names itself in
           the answer (RFC 9207) is ours;
        2. the code is exchanged with the PKCE verifier and central's own secret;
        3. the ID token is signed by one of the provider's keys, with a signature algorithm;
        4. issuer, audience, authorized party, time, nonce and the access token's hash are right;
        5. the level (``acr``) is one that stands for two factors here;
        6. the claim names a prepared account that is not locked.

        Not checked: whether the person is still employed: that is the provider's word at the next sign-in, and the
        operator's ``lock-manager`` at once.

        Raises:
            ProviderError: ``provider_state`` (1), ``provider_silent`` or ``provider_answer`` (2), ``provider_token``
                (3, 4), ``provider_level`` (5), ``provider_account`` (6).
        """
        departure = self._departure(back, now)  # 1
        endpoints = self._link.endpoints()
        tokens = self._link.exchange(  # 2
            endpoints,
            code=back.query.get("code", ""),
            verifier=departure.verifier,
            redirect_uri=self._redirect_uri,
        )
        claims = self._claims(endpoints, tokens, departure, now)  # 3, 4
        if claims.get("acr") not in self._settings.acr_values:  # 5
            raise ProviderError("the provider vouches for less than two factors", code="provider_level")
        name = self._prepared(claims)  # 6
        return in_transaction(
            self._door.engine,
            lambda connection: self._door.onward(
                connection, name, back.address, now=now, stage=Stage.OPEN, detail=_BY_PROVIDER
            ),
        )

    def _departure(self, back: Return, now: datetime) -> Departure:
        departure, state = back.departure, back.query.get("state", "")
        if departure is None or not hmac.compare_digest(departure.state.encode(), state.encode()):
            raise ProviderError("this sign-in did not begin in this browser", code="provider_state")
        if not 0 <= milliseconds(now) - departure.left_ms <= WAY_AND_BACK.total_seconds() * 1000:
            raise ProviderError("this sign-in began too long ago", code="provider_state")
        if back.query.get("iss", self._settings.issuer) != self._settings.issuer:
            raise ProviderError("another provider answered", code="provider_state")
        if not back.query.get("code"):
            raise ProviderError("the provider did not let them in", code="provider_state")
        return departure

    def _claims(
        self, endpoints: Endpoints, tokens: Mapping[str, Any], departure: Departure, now: datetime
    ) -> Mapping[str, Any]:
        try:
            token = jwt.decode(str(tokens.get("id_token", "")), self._link.keys(endpoints), algorithms=_ALGORITHMS)  # 3
            claims = CodeIDToken(
                token.claims,
                token.header,
                options={
                    "iss": {"essential": True, "value": self._settings.issuer},
                    "aud": {"essential": True, "value": self._settings.client_id},
                },
                params={
                    "nonce": departure.nonce,
                    "client_id": self._settings.client_id,
                    "access_token": tokens.get("access_token"),
                },
            )
            claims.validate(now=int(now.timestamp()), leeway=_LEEWAY_S)  # 4
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise ProviderError("the provider's token does not hold", code="provider_token") from error
        return token.claims

    def _prepared(self, claims: Mapping[str, Any]) -> str:
        subject = claims.get(self._settings.claim)
        if not isinstance(subject, str) or not subject:
            raise ProviderError("the provider names nobody", code="provider_account")
        with reading(self._door.engine) as connection:
            query = select(managers.c.manager_id).where(
                managers.c.oidc_subject == subject, managers.c.locked_ms.is_(None)
            )
            name: str | None = connection.execute(query).scalar()
        if name is None:
            raise ProviderError("no account was prepared for this person", code="provider_account")
        return name
