"""What the message with the code says, in the person's language: data under ``wording/``, one file a language.

The first screen of a phone shows a message while it is locked: it names no person and no dossier of theirs.
"""

from __future__ import annotations

import functools
from importlib import resources

import msgspec

from wire.decoders import json_decoder

FALLBACK = "fr"


class Wording(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Texts with ``{code}`` and ``{minutes}``."""

    subject: str
    email: str
    sms: str


@functools.cache
def wordings() -> dict[str, Wording]:
    """All languages, by their two letters."""
    folder = resources.files(__package__ or "central.proofs") / "wording"
    decoder = json_decoder(Wording)
    files = [file for file in folder.iterdir() if file.name.endswith(".json")]
    return {file.name.removesuffix(".json"): decoder.decode(file.read_bytes()) for file in files}


def wording_for(language: str) -> Wording:
    """The texts of a language, the French ones where it has none."""
    return wordings().get(language) or wordings()[FALLBACK]
