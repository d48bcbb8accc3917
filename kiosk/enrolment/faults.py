"""Everything that can go wrong on the terminal, as one table: code, severity, whether an enrolment may go on.

The sentences and the ways on stand in ``wording/<language>/faults_<kind>.json`` under the fault's value: in a hall they
are said to the person, at a counter to the pharmacist. What an agent does about it stands in ``faults_agent.json``.
``docs/faults.md`` shows all of it in one table. Which facts of the machine mean which fault is :mod:`.readiness`.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass

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
    DISK_LOW = "disk_low"
    DISK_FULL = "disk_full"
    PAPER = "paper"  # the record exists, a slip does not, or perhaps not
    PAPER_LOW = "paper_low"
    PAPER_OUT = "paper_out"
    COVER_OPEN = "cover_open"
    PRINTER_OFFLINE = "printer_offline"  # says that it is not ready, or cannot be reached
    PRINTER_SILENT = "printer_silent"  # prints, perhaps, and says nothing
    SECOND_PRINTER = "second_printer"  # slips come out of the one that takes over
    SLIPS_IN_DOUBT = "slips_in_doubt"  # of today: failed, or nobody knows
    NETWORK = "network"
    CENTRAL_REFUSING = "central_refusing"
    SENDING_LATE = "sending_late"  # much waits, or for long
    DEAD_LETTERS = "dead_letters"  # central signed that it will not keep a record
    CONTACT_LOST = "contact_lost"  # no word of central for a day
    CLOCK_DOUBTFUL = "clock_doubtful"
    CLOCK_WRONG = "clock_wrong"  # by so much that ages would be wrong
    CONFIGURATION_OLD = "configuration_old"
    TRUST_EXPIRING = "trust_expiring"
    TRUST_EXPIRED = "trust_expired"
    NOT_REGISTERED = "not_registered"
    REVOKED = "revoked"
    NOT_READY = "not_ready"  # any other reason why nobody may enrol
    INTERNAL = "internal"  # our own mistake, before anything was kept


class Severity(enum.Enum):
    """What a fault means for the terminal, lightest first."""

    INFO = "info"  # of one card or one visit: the terminal is well
    WARNING = "warning"  # people enrol; somebody should mend it soon
    STOPS = "stops"  # nobody can enrol until it is mended


@dataclass(frozen=True, slots=True)
class FaultLine:
    """One line of the table. ``goes_on``: whether the enrolment at hand may go on all the same."""

    code: str
    severity: Severity
    goes_on: bool


_INFO, _WARNING, _STOPS = Severity.INFO, Severity.WARNING, Severity.STOPS
TABLE: dict[Fault, FaultLine] = {
    Fault.NO_SERVICE: FaultLine("L-01", _STOPS, goes_on=False),
    Fault.NO_READER: FaultLine("L-02", _STOPS, goes_on=False),
    Fault.BUSY: FaultLine("L-03", _INFO, goes_on=False),
    Fault.TIMEOUT: FaultLine("L-04", _INFO, goes_on=False),
    Fault.FAILED: FaultLine("L-05", _INFO, goes_on=False),
    Fault.MUTE: FaultLine("C-01", _INFO, goes_on=False),
    Fault.PULLED: FaultLine("C-02", _INFO, goes_on=False),
    Fault.SWAPPED: FaultLine("C-03", _INFO, goes_on=False),
    Fault.DAMAGED: FaultLine("C-04", _INFO, goes_on=False),
    Fault.PROTECTED: FaultLine("C-05", _INFO, goes_on=False),
    Fault.NOBODY: FaultLine("C-06", _INFO, goes_on=False),
    Fault.WRONG_CARD_BANK: FaultLine("C-11", _INFO, goes_on=False),
    Fault.WRONG_CARD_CPS: FaultLine("C-12", _INFO, goes_on=False),
    Fault.WRONG_CARD_VITALE_1: FaultLine("C-13", _INFO, goes_on=False),
    Fault.WRONG_CARD_UNKNOWN: FaultLine("C-14", _INFO, goes_on=False),
    Fault.TEST_CARD: FaultLine("C-21", _INFO, goes_on=False),
    Fault.STORE: FaultLine("D-01", _WARNING, goes_on=False),
    Fault.DISK_LOW: FaultLine("D-02", _WARNING, goes_on=True),
    Fault.DISK_FULL: FaultLine("D-03", _STOPS, goes_on=False),
    Fault.PAPER: FaultLine("P-01", _WARNING, goes_on=True),
    Fault.PAPER_LOW: FaultLine("P-02", _WARNING, goes_on=True),
    Fault.PAPER_OUT: FaultLine("P-03", _STOPS, goes_on=False),
    Fault.COVER_OPEN: FaultLine("P-04", _STOPS, goes_on=False),
    Fault.PRINTER_OFFLINE: FaultLine("P-05", _STOPS, goes_on=False),
    Fault.PRINTER_SILENT: FaultLine("P-06", _WARNING, goes_on=True),
    Fault.SLIPS_IN_DOUBT: FaultLine("P-07", _INFO, goes_on=True),
    Fault.SECOND_PRINTER: FaultLine("P-08", _WARNING, goes_on=True),
    Fault.NETWORK: FaultLine("N-01", _WARNING, goes_on=True),
    Fault.CENTRAL_REFUSING: FaultLine("N-02", _WARNING, goes_on=True),
    Fault.SENDING_LATE: FaultLine("N-03", _WARNING, goes_on=True),
    Fault.DEAD_LETTERS: FaultLine("N-04", _WARNING, goes_on=True),
    Fault.CONTACT_LOST: FaultLine("N-05", _WARNING, goes_on=True),
    Fault.CLOCK_DOUBTFUL: FaultLine("H-01", _WARNING, goes_on=True),
    Fault.CLOCK_WRONG: FaultLine("H-02", _STOPS, goes_on=False),
    Fault.NOT_READY: FaultLine("T-01", _STOPS, goes_on=False),
    Fault.INTERNAL: FaultLine("T-02", _INFO, goes_on=False),
    Fault.NOT_REGISTERED: FaultLine("T-03", _STOPS, goes_on=False),
    Fault.REVOKED: FaultLine("T-04", _STOPS, goes_on=False),
    Fault.TRUST_EXPIRED: FaultLine("T-05", _STOPS, goes_on=False),
    Fault.TRUST_EXPIRING: FaultLine("T-06", _WARNING, goes_on=True),
    Fault.CONFIGURATION_OLD: FaultLine("T-07", _WARNING, goes_on=True),
}
"""L reader, C card, D disk, P paper, N network and central, H clock (horloge), T terminal.

Codes are never reused for something else.
"""

_OF_CARD = {fault.value: fault for fault in Fault} | {CardFault.NO_CARD.value: Fault.PULLED}
_OF_PLACE = {
    "revoked": Fault.REVOKED,
    "not_registered": Fault.NOT_REGISTERED,
    "trust_validity": Fault.TRUST_EXPIRED,
}

OF_PLACE = frozenset(_OF_PLACE.values()) | {Fault.NOT_READY}
"""Why a terminal's documents keep it from enrolling."""


def fault_of(card: CardFault) -> Fault:
    """The fault to show for what the reader said."""
    return _OF_CARD[card.value]


def fault_of_place(code: str) -> Fault:
    """The fault to show for the code of a NotReadyError."""
    return _OF_PLACE.get(code, Fault.NOT_READY)


def first_that_stops(faults: Iterable[Fault]) -> Fault | None:
    """The first fault with which nobody can enrol, None when people can."""
    return next((fault for fault in faults if TABLE[fault].severity is Severity.STOPS), None)
