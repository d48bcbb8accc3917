"""Which identity provider managers may come by; without CENTRAL_OIDC_ISSUER there is none.

CENTRAL_OIDC_ISSUER         the provider's issuer address, https (plain http on this machine only)
CENTRAL_OIDC_CLIENT_ID      central's name there
CENTRAL_OIDC_CLIENT_SECRET  and its secret
CENTRAL_OIDC_ACR            the levels (``acr``) that are accepted, commas; each must stand for two factors
CENTRAL_OIDC_CLAIM          the claim that names the prepared account; default ``sub``
CENTRAL_OIDC_LABEL          what the button calls the provider; default ``Identité professionnelle``
CENTRAL_OIDC_AUTHORITIES    PEM file of the authorities its certificate is trusted by; nothing: the system's
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from central.errors import SetupError
from wire.addresses import service_address
from wire.errors import ServiceAddressError


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderSettings:
    """One provider."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    acr_values: tuple[str, ...]
    claim: str = "sub"
    label: str = "Identité professionnelle"
    authorities: Path | None = None


def provider_settings(given: Mapping[str, str]) -> ProviderSettings | None:
    """Read them; None where no issuer is set.

    Raises:
        SetupError: ``oidc``: something is missing, or the address is none.
    """
    issuer = given.get("CENTRAL_OIDC_ISSUER", "").strip()
    if not issuer:
        return None
    levels = tuple(level.strip() for level in given.get("CENTRAL_OIDC_ACR", "").split(",") if level.strip())
    client_id, secret = given.get("CENTRAL_OIDC_CLIENT_ID", ""), given.get("CENTRAL_OIDC_CLIENT_SECRET", "")
    if not client_id or not secret or not levels:
        raise SetupError(
            "with CENTRAL_OIDC_ISSUER go CENTRAL_OIDC_CLIENT_ID, CENTRAL_OIDC_CLIENT_SECRET and CENTRAL_OIDC_ACR",
            code="oidc",
        )
    try:
        service_address(issuer)
    except ServiceAddressError as error:
        raise SetupError(f"CENTRAL_OIDC_ISSUER: {error}", code="oidc") from error
    authorities = given.get("CENTRAL_OIDC_AUTHORITIES")
    return ProviderSettings(
        issuer=issuer,  # as it is: the provider's word must be the same, letter by letter
        client_id=client_id,
        client_secret=secret,
        acr_values=levels,
        claim=given.get("CENTRAL_OIDC_CLAIM", "sub"),
        label=given.get("CENTRAL_OIDC_LABEL", "Identité professionnelle"),
        authorities=Path(authorities) if authorities else None,
    )
