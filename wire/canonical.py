"""The one byte form of a value: MessagePack maps with sorted keys.

Rules, so that both ends agree and old ends read new bytes:

* a struct becomes a map from field name to value; keys are sorted; absent optional fields are written as nil;
* fields are only ever added, with a default; a name once used is never used for something else;
* an unknown field is skipped on reading; who signs or stores keeps the *original bytes*, so it survives;
* sizes are checked before decoding (:func:`decode` takes the limit), and msgspec allocates by what is really there,
  not by what a length prefix claims.
"""

from __future__ import annotations

from typing import TypeVar

import msgspec

from wire.decoders import msgpack_decoder
from wire.errors import FormatError

T = TypeVar("T")

_encoder = msgspec.msgpack.Encoder(order="sorted")


class WireStruct(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Base of everything that is written in the canonical form; silent in ``repr``: parts hold personal data."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"


def encode(value: object) -> bytes:
    """The canonical bytes of a struct."""
    return _encoder.encode(value)


def decode(data: bytes, kind: type[T], *, limit: int) -> T:
    """Read a struct of ``kind`` from at most ``limit`` bytes.

    Raises:
        FormatError: ``too_long``, or ``malformed`` without a word of what stood there.
    """
    if len(data) > limit:
        raise FormatError(f"{len(data)} bytes where at most {limit} may come", code="too_long")
    try:
        return msgpack_decoder(kind).decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        # The library's text may quote a value: the cause is cut off on purpose.
        place = str(error).rpartition(" - at ")[2] if " - at " in str(error) else "the outermost level"
        name = getattr(kind, "__name__", "any of its kinds")  # a union of structs has no name
        raise FormatError(f"not the canonical form of {name} at {place}", code="malformed") from None
