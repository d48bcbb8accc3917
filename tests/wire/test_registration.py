from __future__ import annotations

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from wire.canonical import decode, encode
from wire.errors import FormatError, SignatureError
from wire.registration import (
    REGISTRATION_LIMIT,
    RegistrationRequest,
    Ticket,
    new_token,
    open_request,
    token_hash,
    write_request,
)


def test_a_ticket_is_read_as_it_was_printed() -> None:
    ticket = Ticket("https://central.example:8443", new_token(), bytes(range(32)))
    assert Ticket.parse(ticket.text()) == ticket


@pytest.mark.parametrize("text", ["", "DMP2 https://c T R", "DMP1 https://c T", "DMP1 https://c T ABCD", "DMP1 c T !!"])
def test_a_mistyped_ticket_is_refused(text: str) -> None:
    with pytest.raises(FormatError) as caught:
        Ticket.parse(text)
    assert caught.value.code == "ticket"


def test_a_ticket_is_silent_in_a_log() -> None:
    ticket = Ticket("https://central.example", new_token(), bytes(32))
    assert ticket.token not in repr(ticket)


def test_the_stored_hash_is_not_the_token() -> None:
    token = new_token()
    assert token.encode() not in token_hash(token)
    assert token_hash(token) != token_hash(new_token())


def test_a_request_proves_that_the_terminal_holds_its_key() -> None:
    key = Ed25519PrivateKey.generate()
    opened = open_request(write_request("TOKEN", key))
    assert opened.device_public == key.public_key().public_bytes_raw()


def test_somebody_elses_public_key_cannot_be_registered() -> None:
    mine, other = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    request = decode(write_request("TOKEN", mine), RegistrationRequest, limit=REGISTRATION_LIMIT)
    stolen = msgspec.structs.replace(request, device_public=other.public_key().public_bytes_raw())
    with pytest.raises(SignatureError):
        open_request(encode(stolen))


def test_a_proof_cannot_be_carried_to_another_token() -> None:
    request = decode(write_request("TOKEN", Ed25519PrivateKey.generate()), RegistrationRequest, limit=2000)
    with pytest.raises(SignatureError):
        open_request(encode(msgspec.structs.replace(request, token="OTHER")))
