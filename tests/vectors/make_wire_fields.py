"""Writes the last section of docs/wire.md, every field by its name.

Run it as ``.venv/bin/python -m tests.vectors.make_wire_fields`` after a field has come.
"""

from __future__ import annotations

import enum
import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

PAGE = Path("docs/wire.md")
HEADING = "## Every field\n"
MODULES = (
    *("records", "evidence", "facts", "vault_parts", "batch", "status", "proofs"),
    *("figures", "configuration", "handover", "trust", "registration", "signing"),
)
_HEAD = f"""{HEADING}
As they are named in the maps; `?` marks what may be nil. Words in the last table are sent as such. This section is
written by `.venv/bin/python -m tests.vectors.make_wire_fields`, and a test fails when it is behind.

| struct | fields |
|---|---|
"""
_WORDS = "\n| word | one of |\n|---|---|\n"


def section() -> str:
    """The section as it must stand."""
    structs = "".join(f"| {kind.__name__} | {', '.join(_fields(kind))} |\n" for kind in _declared(msgspec.Struct))
    words = "".join(
        f"| {kind.__name__} | {', '.join(f'`{one.value}`' for one in kind)} |\n"
        for kind in _declared(enum.Enum)
        if all(isinstance(one.value, str) for one in kind)
    )
    return _HEAD + structs + _WORDS + words


def _declared(base: type) -> Iterator[type]:
    for name in MODULES:
        module = importlib.import_module(f"wire.{name}")
        found = [one for one in vars(module).values() if isinstance(one, type) and one.__module__ == module.__name__]
        yield from (one for one in found if issubclass(one, base))


def _fields(kind: type) -> Iterator[str]:
    for field in msgspec.structs.fields(kind):
        yield f"`{field.encode_name}`{'?' if field.default is None else ''}"


def main() -> int:
    """Put it at the end of the page."""
    before = PAGE.read_text(encoding="utf-8").partition(HEADING)[0].rstrip("\n")
    PAGE.write_text(f"{before}\n\n{section()}", encoding="utf-8")
    sys.stdout.write(f"{PAGE}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
