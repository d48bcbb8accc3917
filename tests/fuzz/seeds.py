"""Good cards as bytes of the targets: where the fuzzer begins."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kiosk.card_reader.virtual.layout import VirtualLayout
from kiosk.card_reader.virtual.people import CardKind, deck, vitale_layout
from tests.fuzz.targets import TARGETS


def seeds() -> Iterator[bytes]:
    """For each target something that it reads to the end."""
    for card in deck():
        yield _for("atr", card.atr)
        if card.kind is CardKind.VITALE_2:
            pan, identity, pointers, numbers, validity = _contents(vitale_layout(card))
            yield from (_for("tlv", content) for content in (pan, identity, pointers, numbers, validity))
            yield _for("card_map", pointers)
            yield _for("files", _sized(identity) + _sized(numbers) + _sized(pan) + validity)
            for how in (0, 4, 8, 12, 1, 2):
                sized = b"".join(_sized(content) for content in (pan, identity, pointers, numbers))
                yield _for("layouts", bytes((how,)) + sized + validity)
            said = [b"", identity, b"", pan, b"", numbers]
            yield _for("answers", b"".join(b"\x00" + bytes((len(one),)) + one for one in said))
    for spoiling in (b"", b"\x01\x05\x03", b"\x00\x02\x10", b"\x00\x00\x03\x6c\x10", b"\x00\x00\x04\x05HELLO"):
        yield _for("spoilt", spoiling)
    serial = bytes.fromhex("5A0A80250000010990000001")
    yield _for("professional", b"\x00\x00" + b"\x00" + bytes((len(serial),)) + serial)


def write(folder: Path) -> int:
    """One file a seed; how many."""
    folder.mkdir(parents=True, exist_ok=True)
    all_seeds = list(seeds())
    for number, seed in enumerate(all_seeds):
        (folder / f"seed-{number:03d}").write_bytes(seed)
    return len(all_seeds)


def _for(target: str, data: bytes) -> bytes:
    number = [one.__name__ for one in TARGETS].index(target)
    return bytes((number,)) + data


def _sized(content: bytes) -> bytes:
    return len(content).to_bytes(2, "big") + content


def _contents(layout: VirtualLayout) -> tuple[bytes, bytes, bytes, bytes, bytes]:
    files = {file.fid.hex(): file.content for one in layout.applications for file in one.files}
    return files["2f02"], files["d001"], files["2001"], files["d002"], files["d003"]
