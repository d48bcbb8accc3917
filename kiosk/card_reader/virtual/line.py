"""How long a T=0 line takes for one command and its answer. Pure.

Source: ISO/IEC 7816-3 §12 (a character takes 12 elementary time units with its guard time; the card answers the header
with a procedure byte before data flow either way, and Le is never sent behind data); vitale.md §1 (Fi 372, Di 4: some
43 kbit/s at 4 MHz), §6.4.
"""

from __future__ import annotations

SLOW_LINE = 9_600  # bit/s of a card that negotiates nothing, at the lowest clock
LINE_OF_A_VITALE = 43_010  # bit/s of a Vitale 2 at 4 MHz
NO_DELAY = 0  # as fast as the machine

_UNITS_PER_CHARACTER = 12
_HEADER = 5  # CLA INS P1 P2 P3
_STATUS_WORD = 2


def characters_on_the_line(command: bytes, answer: bytes) -> int:
    """Bytes that cross for a command APDU and a response APDU (data and status word)."""
    lc = command[_HEADER - 1] if len(command) > _HEADER else 0
    data = lc + len(answer) - _STATUS_WORD
    procedure_byte = 1 if data else 0
    return _HEADER + procedure_byte + data + _STATUS_WORD


def seconds_on_the_line(command: bytes, answer: bytes, bits_per_second: int = LINE_OF_A_VITALE) -> float:
    """How long the line of a real chip would be busy with both; nothing with ``NO_DELAY``."""
    if bits_per_second == NO_DELAY:
        return 0.0
    return characters_on_the_line(command, answer) * _UNITS_PER_CHARACTER / bits_per_second
