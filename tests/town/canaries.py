"""What must be found nowhere: the strings of a person in every spelling a disk or a memory may hold them in."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.town.crowd import person
from wire.codes import ActivationCode

_SPELLINGS = ("utf-8", "latin-1", "utf-16-le")


def spelled(text: str) -> Iterator[bytes]:
    """A text in the encodings a file may use, and as hexadecimal and base 64 of them."""
    for encoding in _SPELLINGS:
        plain = text.encode(encoding, errors="replace")
        yield plain
        yield plain.hex().encode()
        for shift in range(3):  # base 64 looks different at each of three offsets; compare its stable middle
            yield base64.b64encode(b"\0" * shift + plain)[4:-4]


def of_person(number: int) -> set[bytes]:
    """Names and number of somebody of the crowd. The given name is too common to be a canary."""
    somebody = person(number)
    texts = (somebody.family_name, somebody.number, somebody.number[:13])
    return {word for text in texts for word in spelled(text)}


def of_code(code: ActivationCode) -> set[bytes]:
    """The code as printed, without its dashes, without its check symbol, and as its ten bytes."""
    printed = code.grouped()
    bare = printed.replace("-", "")
    words = {word for text in (printed, bare, bare[:16]) for word in spelled(text)}
    return words | {code.secret, code.secret.hex().encode()}


def code_on(papers: Iterable[str]) -> ActivationCode:
    """The code of the last slip B."""
    found = [match[1] for paper in papers for match in re.finditer(r"&C=([0-9A-Z-]+)", paper)]
    return ActivationCode.parse(found[-1])


def locator_on(papers: Iterable[str]) -> str:
    """The locator of the last slip B."""
    return [match[1] for paper in papers for match in re.finditer(r"#L=([0-9A-Z]{8})&", paper)][-1]


def seen_in(folder: Path, words: set[bytes], *, except_in: Iterable[Path] = ()) -> list[str]:
    """Files under a folder that hold any of the words."""
    left_out = tuple(except_in)
    return [
        str(path.relative_to(folder))
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and not any(path.is_relative_to(one) for one in left_out)
        and any(word in path.read_bytes() for word in words)
    ]


def seen_in_memory(pid: int, words: set[bytes]) -> list[str]:
    """Regions of a process's memory that hold any of the words (needs to be its user's own or root)."""
    found = []
    with Path(f"/proc/{pid}/maps").open() as maps, Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in maps:
            span, permissions = line.split()[:2]
            if not permissions.startswith("rw"):
                continue
            first, last = (int(part, 16) for part in span.split("-"))
            try:
                memory.seek(first)
                content = memory.read(last - first)
            except (OSError, ValueError, OverflowError):
                continue
            if any(word in content for word in words):
                found.append(span)
    return found
