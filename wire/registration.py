"""How a terminal is born: a one-time token on paper (QR and text) against a place in the fleet.

The ticket carries central's address, the token and the root's public key: the terminal pins the root from paper that
provisioning made, not from the network. Central stores only the token's hash.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from wire.canonical import WireStruct, decode, encode
from wire.errors import FormatError, SignatureError
from wire.records import sha256
from wire.signing import SigningPurpose, sign, verify

REGISTRATION_LIMIT = 2048  # bytes of a request
REGISTRATION_ANSWER_LIMIT = 128 * 1024  # bytes: the trust bundle and the first configuration
_TICKET_HEAD = "DMP1"
_TOKEN_BYTES = 20
_TICKET_PARTS = 4
_PUBLIC_KEY_BYTES = 32


@dataclass(frozen=True, slots=True, repr=False)
class Ticket:
    """What the QR of a new terminal says."""

    central: str
    token: str
    root_public: bytes

    def text(self) -> str:
        """One line, as printed under the QR."""
        return f"{_TICKET_HEAD} {self.central} {self.token} {base64.b32encode(self.root_public).decode().rstrip('=')}"

    @classmethod
    def parse(cls, text: str) -> Ticket:
        """Read the line.

        Raises:
            FormatError: ``ticket``: not such a line, or of a version that is not known here.
        """
        parts = text.split()
        if len(parts) != _TICKET_PARTS or parts[0] != _TICKET_HEAD:
            raise FormatError("this is not a registration ticket of version 1", code="ticket")
        try:
            root = base64.b32decode(parts[3] + "=" * (-len(parts[3]) % 8))
        except binascii.Error as error:
            raise FormatError("the ticket's root key is mistyped", code="ticket") from error
        if len(root) != _PUBLIC_KEY_BYTES:
            raise FormatError("the ticket's root key is mistyped", code="ticket")
        return cls(parts[1], parts[2], root)


class RegistrationRequest(WireStruct, frozen=True):
    """Token, the terminal's new public key, and the proof that it holds the private half."""

    token: str
    device_public: bytes
    proof: bytes
    version: int = 1


class RegistrationAnswer(WireStruct, frozen=True):
    """The terminal's name, the trust bundle (signed by the root) and the configuration (signed by central)."""

    terminal: str
    bundle: bytes
    configuration: bytes
    version: int = 1


def new_token() -> str:
    """A token of 160 bits, in capitals and digits."""
    return base64.b32encode(secrets.token_bytes(_TOKEN_BYTES)).decode()


def token_hash(token: str) -> bytes:
    """What central stores of a token."""
    return sha256(b"dmp-token-v1" + token.encode())


def write_request(token: str, key: Ed25519PrivateKey) -> bytes:
    """The terminal's request, with its proof."""
    public = key.public_key().public_bytes_raw()
    proof = sign(SigningPurpose.REGISTRATION, token.encode() + public, key)
    return encode(RegistrationRequest(token=token, device_public=public, proof=proof))


def open_request(data: bytes) -> RegistrationRequest:
    """The request, once the proof holds; whether the token is good is central's to say."""
    request = decode(data, RegistrationRequest, limit=REGISTRATION_LIMIT)
    try:
        key = Ed25519PublicKey.from_public_bytes(request.device_public)
    except (ValueError, InvalidSignature) as error:
        raise SignatureError("the terminal's public key is none", code="device_key") from error
    verify(SigningPurpose.REGISTRATION, request.token.encode() + request.device_public, request.proof, key)
    return request


def open_registration_answer(data: bytes) -> RegistrationAnswer:
    """The answer; its parts carry their own signatures, which the terminal must check."""
    return decode(data, RegistrationAnswer, limit=REGISTRATION_ANSWER_LIMIT)
