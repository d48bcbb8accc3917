"""One field after the other of a value that a hostile end sealed and signed, replaced by what nobody expects there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from wire.canonical import encode

VALUES: tuple[Any, ...] = (
    *(0, -1, 1 << 53, (1 << 63) - 1, 1 << 63, (1 << 64) - 1, -(1 << 63)),
    *("", "\x00", "é" * 400, b"", bytes(31), bytes(32), None, True, 1.5, [], {}),
)


def variants(value: object) -> Iterator[bytes]:
    """The canonical bytes of every variant with one field replaced, at any depth."""
    for changed in _changed(msgspec.msgpack.decode(encode(value))):
        yield msgspec.msgpack.encode(changed)


def _changed(tree: Any) -> Iterator[Any]:
    if isinstance(tree, dict):
        for name, held in tree.items():
            for other in (*VALUES, *_changed(held)):
                yield {**tree, name: other}
    elif isinstance(tree, list):
        for place, held in enumerate(tree):
            for other in (*VALUES, *_changed(held)):
                yield [*tree[:place], other, *tree[place + 1 :]]
