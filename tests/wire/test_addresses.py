"""One rule about addresses, for everybody who opens a connection."""

from __future__ import annotations

import pytest

from wire.addresses import service_address
from wire.errors import ServiceAddressError


@pytest.mark.parametrize(
    "address",
    [
        "https://central.example",
        "https://central.example:8443/dmp",
        "http://127.0.0.1:8100",
        "http://127.8.0.1",
        "http://[::1]:8100",
        "http://localhost:8100",
    ],
)
def test_https_anywhere_and_http_on_this_machine_may_be_used(address: str) -> None:
    assert service_address(address) == address


def test_the_last_slash_is_taken_off_so_that_paths_can_follow() -> None:
    assert service_address("https://central.example/") == "https://central.example"


@pytest.mark.parametrize(
    "address",
    [
        "http://central.example",
        "http://10.0.0.1:8100",
        "http://127.0.0.1.evil.example",
        "http://localhost.evil.example",
        "http://0.0.0.0",
    ],
)
def test_plain_http_to_another_machine_is_refused(address: str) -> None:
    with pytest.raises(ServiceAddressError) as refused:
        service_address(address)
    assert refused.value.code == "address_insecure"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "central.example",
        "ftp://127.0.0.1",
        "https://",
        "https://127.0.0.1@evil.example",
        "https://central.example/?to=elsewhere",
        "https://central.example/#x",
        "http://[::1",
    ],
)
def test_what_is_no_address_or_hides_something_in_one_is_refused_without_being_repeated(address: str) -> None:
    with pytest.raises(ServiceAddressError) as refused:
        service_address(address)
    assert refused.value.code == "address"
    assert not address or address not in str(refused.value)
