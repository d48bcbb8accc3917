"""Reading into types with msgspec, by any number of threads: each type is taken apart by one of them, once.

msgspec notes what it knows of a struct on the class before it knows all of it. A second thread that decodes into that
struct in this instant follows a pointer that is not there yet, and the process is gone without a word (msgspec 0.22.0:
seen at the start of a terminal, and tests/wire/test_decoders.py has it within a second without the lock). So nobody
else makes a decoder or converts (tests/test_architecture.py), and a decoder is handed out only once it is whole, with
every struct that lies within.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")
D = TypeVar("D")

_taking_apart = threading.Lock()
_of_json: dict[Any, msgspec.json.Decoder[Any]] = {}
_of_msgpack: dict[Any, msgspec.msgpack.Decoder[Any]] = {}


def json_decoder(kind: type[T]) -> msgspec.json.Decoder[T]:
    """The decoder from JSON into ``kind``."""
    return _made_once(_of_json, msgspec.json.Decoder, kind)


def msgpack_decoder(kind: type[T]) -> msgspec.msgpack.Decoder[T]:
    """The decoder from MessagePack into ``kind``."""
    return _made_once(_of_msgpack, msgspec.msgpack.Decoder, kind)


def convert(value: object, kind: type[T]) -> T:
    """A value of plain parts (dicts, lists, text, numbers) as ``kind``.

    Raises:
        msgspec.ValidationError: it is none.
    """
    msgpack_decoder(kind)  # takes the type apart, if nobody has yet
    return msgspec.convert(value, kind)


def _made_once(made: dict[Any, D], make: Callable[[Any], D], kind: Any) -> D:
    if kind not in made:
        with _taking_apart:
            if kind not in made:  # somebody else may have, while we waited
                made[kind] = make(kind)
    return made[kind]
