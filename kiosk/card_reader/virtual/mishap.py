"""What may go wrong with a virtual card in the slot: at which command, and how. Values only."""

from __future__ import annotations

import enum
from dataclasses import dataclass

BIT_RATE = 43_000  # bit/s of a Vitale 2 at 4 MHz (vitale.md §6.4)
BITS_PER_CHARACTER = 12


class MishapKind(enum.Enum):
    """How the card spoils a reading."""

    PULL = "pull"  # leaves the slot instead of answering
    SWAP = "swap"  # leaves, and another card comes in at once
    HANG = "hang"  # never answers until it is pulled
    CUT = "cut"  # answers with its last bytes missing
    CONFUSED = "confused"  # answers 6F00, until it is reset


@dataclass(frozen=True, slots=True)
class Mishap:
    """The kind, and the command it happens at (1 is the first since power-up)."""

    kind: MishapKind
    at_command: int


def seconds_on_the_line(command: bytes, answer: bytes) -> float:
    """How long a real chip's line would take for both."""
    return (len(command) + len(answer)) * BITS_PER_CHARACTER / BIT_RATE
