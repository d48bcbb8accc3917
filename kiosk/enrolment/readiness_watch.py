"""Looks around now and then while nobody is served: printer, disk, clock, central. What is found stands on the stage.

A printer may take seconds to answer, so the looks have a thread of their own (:mod:`kiosk.enrolment.heartbeat`) and
never hold the stage's lock while they wait; the beat that watches the card goes on.
"""

from __future__ import annotations

from kiosk.enrolment.errors import NotReadyError, StoreError
from kiosk.enrolment.faults import TABLE, Severity, first_that_stops
from kiosk.enrolment.machine import CentralReading
from kiosk.enrolment.panel_rows import rows_of
from kiosk.enrolment.ports import PRINTER_PARTS, DoubtfulSlip, NoSecondReader
from kiosk.enrolment.readiness import Observation, current_faults
from kiosk.enrolment.stage import Stage
from kiosk.enrolment.steps import RESTING, Step
from wire.configuration import Condition

EVERY = 5.0
"""Seconds between two looks: paper that ran out is said before the next person has come."""

_LOOKED_AT = RESTING | {Step.SIGN_IN, Step.OUT_OF_SERVICE}
# Not where a PIN is being typed: a screen that is drawn anew loses the digits.
_DRAWN_ANEW = frozenset({Step.ATTRACT, Step.OUT_OF_SERVICE, Step.PANEL})


class ReadinessWatch:
    """One terminal's looks around. :meth:`look` blocks for as long as the printer takes."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def look(self) -> None:
        """Ask every part once, unless somebody is being served: their slip must not wait behind our question."""
        stage = self._stage
        if stage.journey.step not in _LOOKED_AT:
            return
        seen = self._observed()
        with stage.lock:
            before = None if stage.seen is None else rows_of(stage.seen)
            faults = current_faults(seen)
            changed = faults != stage.faults or (stage.journey.step is Step.PANEL and rows_of(seen) != before)
            stage.seen, stage.faults = seen, faults
            if changed and stage.journey.step in _DRAWN_ANEW:
                stage.redraw()

    def condition(self) -> Condition | None:
        """What central is told: the faults that somebody should mend; None before the first look."""
        stage = self._stage
        if stage.seen is None:
            return None
        faults = stage.faults  # replaced as a whole at each look: no lock is needed to read it
        codes = tuple(TABLE[fault].code for fault in faults if TABLE[fault].severity is not Severity.INFO)
        return Condition(faults=codes, enrols=first_that_stops(faults) is None)

    def _observed(self) -> Observation:
        tools = self._stage.tools
        printers = dict(tools.printer.parts())
        return Observation(
            at=tools.clock(),
            reader=tools.reader.presence().state,
            slots=tools.reader.slots(),
            printer=printers.get(PRINTER_PARTS[0]),
            second_printer=printers.get(PRINTER_PARTS[1]),
            disk_free=tools.upkeep.disk.free_bytes(),
            central=self._central(),
            not_ready=self._not_ready(),
            doubtful=self._doubtful(),
            professional=self._professional(),
        )

    def _professional(self) -> bool | None:
        reader = self._stage.tools.professional
        return None if isinstance(reader, NoSecondReader) else reader.card() is not None

    def _central(self) -> CentralReading | None:
        try:
            return self._stage.tools.upkeep.central.read()
        except StoreError:
            return None

    def _not_ready(self) -> str | None:
        try:
            self._stage.tools.whereabouts.current()
        except NotReadyError as error:
            return error.code
        return None

    def _doubtful(self) -> tuple[DoubtfulSlip, ...]:
        try:
            return self._stage.tools.journal.doubtful(self._stage.midnight())
        except StoreError:
            return ()
