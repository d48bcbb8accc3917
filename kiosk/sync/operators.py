"""Who may attest at this office: PINs against the signed configuration's argon2id hashes, with a durable lock-out."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from kiosk.enrolment.errors import OperatorLockedError
from kiosk.enrolment.place import Door, Operator, OperatorDirectory, OperatorRole
from kiosk.sync.facts import Fact, Facts
from wire.configuration import OperatorEntry
from wire.errors import IdentifierError
from wire.identifiers import milliseconds, moment, operator_id

WRONG_TRIES = 5
LOCK_OUT = timedelta(minutes=5)
_WRONG = {Door.ATTESTATION: Fact.PIN_WRONG, Door.PANEL: Fact.PANEL_PIN_WRONG}
_LOCKED = {Door.ATTESTATION: Fact.PIN_LOCKED_UNTIL_MS, Door.PANEL: Fact.PANEL_PIN_LOCKED_UNTIL_MS}
_PIN_LENGTH = 64  # of what is hashed at all: nobody makes the terminal hash a novel


class ConfiguredOperators(OperatorDirectory):
    """OperatorDirectory over the present configuration.

    ``operators`` gives the entries now and may raise NotReadyError; ``now`` is the terminal's time, aware UTC.
    """

    def __init__(
        self, operators: Callable[[], tuple[OperatorEntry, ...]], facts: Facts, now: Callable[[], datetime]
    ) -> None:
        self._operators = operators
        self._facts = facts
        self._now = now
        self._hasher = PasswordHasher()
        self._lock = threading.Lock()

    def verify(self, pin: str, door: Door = Door.ATTESTATION) -> Operator | None:
        """The operator of that PIN, or None.

        Steps:

        1. no lock-out is running at this door;
        2. the try is counted on the disk before anything is compared: pulling the plug gives no free tries;
        3. the PIN is compared with every operator's hash, whichever fits, so that time tells nothing;
        4. a PIN that fits two operators is nobody's: else one would attest in the other's name (central refuses such
           PINs when operators are made);
        5. the right PIN clears the count; the fifth wrong one in a row locks for five minutes.

        Raises:
            kiosk.enrolment.errors.OperatorLockedError: step 1, or this was the fifth wrong try.
            kiosk.enrolment.errors.NotReadyError: there is no verified configuration.
            kiosk.enrolment.errors.StoreError: the try cannot be counted; so it is not made.
        """
        with self._lock:
            now = self._now()
            self._check_lock(now, door)  # 1
            entries = self._operators()
            wrong = (self._facts.number(_WRONG[door]) or 0) + 1
            self._count(wrong, now, door)  # 2
            found = [entry for entry in entries if self._fits(entry, pin)]  # 3
            if len(found) != 1:  # 4
                self._check_lock(now, door)  # 5
                return None
            self._facts.set({_WRONG[door]: None, _LOCKED[door]: None})  # 5
            return _operator(found[0])

    def _check_lock(self, now: datetime, door: Door) -> None:
        until_ms = self._facts.number(_LOCKED[door])
        if until_ms is None:
            return
        # A clock set back must not lock an office out for a day.
        until = min(moment(until_ms), now + LOCK_OUT)
        if now < until:
            raise OperatorLockedError(until)

    def _count(self, wrong: int, now: datetime, door: Door) -> None:
        if wrong < WRONG_TRIES:
            self._facts.set({_WRONG[door]: wrong, _LOCKED[door]: None})
        else:
            self._facts.set({_WRONG[door]: None, _LOCKED[door]: milliseconds(now + LOCK_OUT)})

    def _fits(self, entry: OperatorEntry, pin: str) -> bool:
        try:
            return len(pin) <= _PIN_LENGTH and self._hasher.verify(entry.pin_hash, pin)
        except (Argon2Error, InvalidHashError):
            return False


def _operator(entry: OperatorEntry) -> Operator | None:
    try:
        return Operator(operator_id(entry.operator), OperatorRole(entry.role), entry.display_name)
    except (IdentifierError, ValueError):
        return None  # an entry this version does not understand attests nothing
