"""Paper that a power cut left open: at the next start its fate is said to be unknown, on the disk and to central.

Nothing is printed again: the code is gone with the memory it was in, and who left without it asks for a new one.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from kiosk.enrolment.errors import StoreError
from kiosk.enrolment.evidence import slip_outcome
from kiosk.enrolment.ports import PrintResult, RecordStore, SlipJournal

_log = logging.getLogger(__name__)


def settle_leftovers(store: RecordStore, journal: SlipJournal, clock: Callable[[], datetime]) -> int:
    """Settle every slip that was rendered or printing when the process ended.

    The record for central comes before the journal's line: a second power cut in between says "unknown" twice, which
    is the truth, instead of never.

    Returns:
        How many were settled. A disk that refuses ends it; the next start goes on.
    """
    settled = 0
    unknown = PrintResult.UNKNOWN.value
    for record_id, kind, copy_number in journal.unsettled():
        try:
            store.add(slip_outcome(record_id, kind.value, copy_number, unknown, clock()))
            journal.settle(record_id, kind, copy_number, unknown, clock())
        except StoreError as error:
            _log.warning("leftover slips stay unsettled: %s", error.code)
            break
        settled += 1
    if settled:
        _log.warning("slips whose paper is unknown after the last end: %d", settled)
    return settled
