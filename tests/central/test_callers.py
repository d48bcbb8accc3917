from __future__ import annotations

from ipaddress import ip_network

import pytest

from central.callers import caller

PROXIES = (ip_network("10.0.0.0/24"),)


@pytest.mark.parametrize(
    ("remote", "forwarded", "counted"),
    [
        ("192.0.2.7", "", "192.0.2.7"),
        ("192.0.2.7", "203.0.113.9", "192.0.2.7"),  # a caller that writes the header itself
        ("10.0.0.5", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.5", "198.51.100.1, 203.0.113.9", "203.0.113.9"),  # the first entry was the caller's own word
        ("10.0.0.5", "203.0.113.9, 10.0.0.6", "203.0.113.9"),  # two proxies of ours
        ("10.0.0.5", "", "10.0.0.5"),
        ("10.0.0.5", "rubbish", "unknown"),
        (None, "", "unknown"),
        ("2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "", "192.0.2.7"),
    ],
)
def test_the_address_that_counts_is_the_callers(remote: str | None, forwarded: str, counted: str) -> None:
    assert caller(remote, forwarded, PROXIES) == counted
