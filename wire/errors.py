"""Every way in which something on the wire can be wrong.

WireError                       base: a stable code and a sentence
├── IdentifierError             a text is not the identifier it claims to be
├── FormatError                 bytes are not of the form, too long, or of an unknown version
├── SealError                   a sealed part does not open: wrong key, wrong context, altered
├── SignatureError              a signature does not hold
├── ChainError                  records do not follow each other as their hashes say
├── TrustError                  a trust bundle is not ours, too old, or lacks a key
└── ServiceAddressError         a service may not be reached in this way

No message ever contains the value that was refused: it may be a NIR or a code.
"""

from __future__ import annotations


class WireError(Exception):
    """Base of the tree; ``code`` is stable and may cross the wire, the message is for people."""

    code = "wire"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        if code is not None:
            self.code = code


class IdentifierError(WireError):
    """A text is not the identifier it claims to be."""

    code = "identifier"


class FormatError(WireError):
    """Bytes are not of the form, too long, or of an unknown version."""

    code = "format"


class SealError(WireError):
    """A sealed part does not open: wrong key, wrong context, or altered on the way."""

    code = "seal"


class SignatureError(WireError):
    """A signature does not hold over the bytes it came with."""

    code = "signature"


class ChainError(WireError):
    """Records do not follow each other as their hashes say."""

    code = "chain"


class TrustError(WireError):
    """A trust bundle is not signed by the root, not valid now, older than the last one, or lacks a key."""

    code = "trust"


class ServiceAddressError(WireError):
    """A service may not be reached in this way; a leaf of its own, for each side says in its words what to do."""

    code = "address"
