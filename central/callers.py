"""From which address a request comes, as far as it can be known: what tries are counted by. A neutral leaf; pure."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network

_IPV6_HOUSEHOLD = 64  # bits: what one line is given (RFC 6177); within it a caller changes addresses at will
_UNKNOWN = "unknown"


def caller(remote: str | None, forwarded_for: str, proxies: Sequence[Network]) -> str:
    """The address to count: the connection's, or what a trusted proxy says of it; an IPv6 line counts as one.

    ``forwarded_for`` is read from its end, because each proxy appends: the first address that is not a proxy of ours
    is the caller; what stands before it the caller may have written.
    """
    address = _parse(remote)
    for said in reversed([part.strip() for part in forwarded_for.split(",") if part.strip()]):
        if address is None or not any(address in network for network in proxies):
            break
        address = _parse(said)
    if address is None:
        return _UNKNOWN
    if isinstance(address, IPv6Address):
        return str(ip_network((address, _IPV6_HOUSEHOLD), strict=False))
    return str(address)


def _parse(text: str | None) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text or "")
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
