"""Threads that decode into a type none of them has seen before, all at the same instant, again and again.

``python -m tests.wire.first_meeting msgpack|json|convert TIMES``; a process of its own, for what may happen is its end.
"""

from __future__ import annotations

import sys
import threading
from typing import Any

import msgspec

from wire.decoders import convert, json_decoder, msgpack_decoder

_THREADS = 4
_VALUE = {"x": {"a": 1}, "y": [{"a": 2, "b": "two"}], "z": {"three": 3}}
_WAYS = {
    "msgpack": lambda kind: msgpack_decoder(kind).decode(msgspec.msgpack.encode(_VALUE)),
    "json": lambda kind: json_decoder(kind).decode(msgspec.json.encode(_VALUE)),
    "convert": lambda kind: convert(_VALUE, kind),
}


def never_seen() -> type[Any]:
    """A type whose parts nobody has taken apart; they are named in text, as our modules' are."""
    leaf = msgspec.defstruct("Leaf", [("a", "int"), ("b", "str | None", None)], module=__name__)
    globals()["Leaf"] = leaf
    fields = [("x", "Leaf"), ("y", "tuple[Leaf, ...]"), ("z", "dict[str, int]")]
    return msgspec.defstruct("Tree", fields, module=__name__)  # type: ignore[arg-type]  # text is as good as a type


def meet(by: str) -> None:
    """One type, some threads, one instant."""
    kind, together = never_seen(), threading.Barrier(_THREADS)

    def decode() -> None:
        together.wait()
        assert _WAYS[by](kind).x.a == 1

    threads = [threading.Thread(target=decode) for _ in range(_THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    sys.setswitchinterval(1e-6)
    times = int(sys.argv[2])
    for _ in range(times):
        meet(sys.argv[1])
    print(f"{times} meetings")  # noqa: T201 - what the test reads
