"""What may go wrong with a virtual card in the slot: at which command, and how. Values only."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class MishapKind(enum.Enum):
    """How the card spoils a reading."""

    PULL = "pull"  # leaves the slot instead of answering
    SWAP = "swap"  # leaves, and another card comes in at once
    HANG = "hang"  # does not answer, for some seconds or until it is pulled
    CUT = "cut"  # answers with its last bytes missing
    CONFUSED = "confused"  # answers 6F00 from then on, until it is reset; once
    WRONG_STATUS = "wrong_status"  # answers a status word out of place
    RESET = "reset"  # another program resets the card, and it forgets what was selected; once


HAPPEN_ONCE = frozenset({MishapKind.CONFUSED, MishapKind.RESET})  # the others happen after each power-up anew


@dataclass(frozen=True, slots=True)
class Mishap:
    """The kind, and the command it happens at (1 is the first since power-up).

    ``seconds`` is how long a HANG lasts, None for ever; ``status`` the status word of a WRONG_STATUS.
    """

    kind: MishapKind
    at_command: int
    seconds: float | None = None
    status: int = 0
