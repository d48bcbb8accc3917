"""Everything that can go wrong on the terminal, as one table: stable code for the phone, and who can help.

The sentences and the ways on stand in ``wording/<language>/faults_<kind>.json`` under the fault's value: in a hall they
are said to the person, at a counter to the pharmacist.
"""

from __future__ import annotations

import enum

from kiosk.enrolment.errors import CardFault


class Fault(enum.Enum):
    """A fault that is shown; the value names its sentence."""

    NO_SERVICE = "no_service"
    NO_READER = "no_reader"
    MUTE = "mute"
    PULLED = "pulled"
    SWAPPED = "swapped"
    BUSY = "busy"
    TIMEOUT = "timeout"
    WRONG_CARD_BANK = "wrong_card_bank"
    WRONG_CARD_CPS = "wrong_card_cps"
    WRONG_CARD_VITALE_1 = "wrong_card_vitale_1"
    WRONG_CARD_UNKNOWN = "wrong_card_unknown"
    PROTECTED = "protected"
    DAMAGED = "damaged"
    FAILED = "failed"
    NOBODY = "nobody"  # the card reads, but holds no person
    TEST_CARD = "test_card"  # a test card where real dossiers are opened
    STORE = "store"  # nothing was kept
    NOT_READY = "not_ready"
    PAPER = "paper"  # the record exists, a slip does not, or perhaps not
    INTERNAL = "internal"  # our own mistake, before anything was kept


SHORT_CODES: dict[Fault, str] = {
    Fault.NO_SERVICE: "L-01",
    Fault.NO_READER: "L-02",
    Fault.BUSY: "L-03",
    Fault.TIMEOUT: "L-04",
    Fault.FAILED: "L-05",
    Fault.MUTE: "C-01",
    Fault.PULLED: "C-02",
    Fault.SWAPPED: "C-03",
    Fault.DAMAGED: "C-04",
    Fault.PROTECTED: "C-05",
    Fault.NOBODY: "C-06",
    Fault.WRONG_CARD_BANK: "C-11",
    Fault.WRONG_CARD_CPS: "C-12",
    Fault.WRONG_CARD_VITALE_1: "C-13",
    Fault.WRONG_CARD_UNKNOWN: "C-14",
    Fault.TEST_CARD: "C-21",
    Fault.STORE: "D-01",
    Fault.PAPER: "P-01",
    Fault.NOT_READY: "T-01",
    Fault.INTERNAL: "T-02",
}
"""L reader, C card, D disk, P paper, T terminal; codes are never reused for something else."""

_OF_CARD = {fault.value: fault for fault in Fault} | {CardFault.NO_CARD.value: Fault.PULLED}


def fault_of(card: CardFault) -> Fault:
    """The fault to show for what the reader said."""
    return _OF_CARD[card.value]
