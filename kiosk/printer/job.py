"""One job: its id, the bytes that are sent for it, and how long it is on its way. Pure.

The id is four characters that the printer gives back once all before them is printed. Their bit 4 is never set, so
that none of them can be taken for a real-time answer that comes between them.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import NewType

from kiosk.printer import status
from kiosk.printer.profile import Confirmation, Cut, PrinterProfile

JobId = NewType("JobId", bytes)

_ALPHABET = bytes((*range(0x40, 0x50), *range(0x60, 0x70)))
_BITS, _CHARACTERS = 5, 4
JOB_IDS = 1 << _BITS * _CHARACTERS

LINE_S = 0.05  # 3.75 mm at 75 mm/s: the slower printers
BYTE_S = 0.0001  # 10,000 bytes/s of picture
_SEPARATE = {
    Cut.PARTIAL: status.GS + b"VB\x00",
    Cut.FULL: status.ESC + b"d\x06" + status.GS + b"V\x00",
    Cut.NONE: status.ESC + b"d\x06",
}
"""Feed to the knife and cut: what hangs in the slot is another person's."""


def job_ids(first: int) -> Iterator[JobId]:
    """Job ids from ``first`` on, without end, repeating after ``JOB_IDS``; a random ``first`` tells two lives apart."""
    for number in itertools.count(first):
        places = (number >> _BITS * place & len(_ALPHABET) - 1 for place in range(_CHARACTERS))
        yield JobId(bytes(_ALPHABET[place] for place in places))


def job_bytes(slip: bytes, profile: PrinterProfile, job: JobId, *, after_a_strip: bool) -> bytes:
    """The slip, the automatic status switched on, and the question that is answered when all of it is carried out.

    ``slip`` begins with ESC @, which switches the automatic status off: it is switched on right after.
    ``after_a_strip``: a piece of a former slip may hang in the slot and is cut off first.
    """
    separate = _SEPARATE[profile.cut] if after_a_strip else b""
    if profile.automatic_status:
        initialise = status.ESC + b"@"
        slip = initialise + status.AUTOMATIC_STATUS + slip.removeprefix(initialise)
    return separate + slip + question(profile, job)


def question(profile: PrinterProfile, job: JobId) -> bytes:
    """What this model answers in its turn; nothing where it has no such word."""
    match profile.confirmation:
        case Confirmation.PROCESS_ID:
            return status.give_back(job)
        case Confirmation.IN_ORDER:
            return status.TRANSMIT_WHEN_REACHED
        case _:
            return b""


def time_on_paper(slip: bytes, line_s: float) -> float:
    """Seconds within which a printer that said nothing against it has printed this slip."""
    return slip.count(b"\n") * line_s + (len(slip) * BYTE_S if line_s else 0.0)
