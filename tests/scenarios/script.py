"""What a fault script may say: one scenario, its terminal, its steps. Values only; docs/fault-scripts.md explains each.

Read strictly: a field or a word that is not listed here is an error that names it (:mod:`tests.scenarios.reading`).
"""

from __future__ import annotations

import enum
import re
from datetime import timedelta

import msgspec

from kiosk.card_reader.virtual.mishap import MishapKind
from kiosk.enrolment.faults import TABLE
from kiosk.enrolment.steps import JourneyKind, Step
from wire.failpoints import Failpoint
from wire.records import RecordKind

_SLIP = re.compile(r"[ABLR]\d (rendered|printing|printed|unknown|failed)")
_PAPER = re.compile(r"([ABLR]\d|rest) (whole|torn)( with code)?")
_DURATION = re.compile(r"([+-])(\d+) (s|min|h|days?)")
_UNITS = {"s": "seconds", "min": "minutes", "h": "hours", "day": "days", "days": "days"}
_CODES = frozenset(line.code for line in TABLE.values())


class Phase(enum.Enum):
    """Where in a visit the fault strikes."""

    ATTRACT = "attract"
    READING = "reading"
    ANSWERING = "answering"
    IDENTITY = "identity"
    CONFIRM = "confirm"
    SLIP_A = "slip_a"
    SLIP_B = "slip_b"
    TAKE_CARD = "take_card"
    DONE = "done"


class Moment(enum.Enum):
    """When a fault that was prepared strikes: as the terminal reaches that point of its work, before it goes on."""

    COMMIT = "commit"  # the last touch was made, nothing is on the disk
    COMMITTED = "committed"  # the record is on the disk, no paper yet
    SLIP_A = "slip_a"  # the first paper is about to be sent
    SLIP_B = "slip_b"  # the first one is done, the second is about to be sent
    AFTER_SLIP_A = "after_slip_a"  # its bytes have left, the journal does not say so yet
    AFTER_SLIP_B = "after_slip_b"


class Repair(enum.Enum):
    """What ``mend`` puts right."""

    PRINTER = "printer"
    SECOND_PRINTER = "second_printer"
    READER = "reader"
    DISK = "disk"
    NETWORK = "network"
    CLOCK = "clock"


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Strict, and never changed."""


class Site(_Part, kw_only=True):
    """The terminal: where it stands, how its printer is made, whether its disk is a small one that can be filled."""

    place: JourneyKind = JourneyKind.HALL
    second_printer: bool = False
    profile: str = "tm-t20iii"
    small_disk: bool = False


class Answers(_Part, kw_only=True):
    """What the person wants where it is not "yes" to all, an e-mail and a code."""

    email: str = "canari@exemple.fr"
    mobile: str = ""
    creation: bool = True
    slip: bool = True


class Insertion(_Part, kw_only=True):
    """A card of the deck, or a shipped scenario of the card simulator (docs/card-simulator.md) by its name.

    ``does`` is one thing more that goes wrong, at its command ``at`` counted from 1: ``seconds`` of a hang, ``status``
    of a wrong status word, ``to`` the card that follows a swap. ``line`` is the speed in bit/s.
    """

    card: str | None = None
    scenario: str | None = None
    does: MishapKind | None = None
    at: int = 1
    seconds: float | None = None
    status: str = "0000"
    to: str | None = None
    line: int | None = None

    def __post_init__(self) -> None:
        if (self.card is None) is (self.scenario is None):
            raise ValueError("a card is of the deck (`card`) or of a scenario file (`scenario`)")


class Touched(_Part, kw_only=True):
    """A touch with what was typed or chosen; ``screen`` an older one than that now shown, ``times`` in a row."""

    what: str
    fields: dict[str, str] = {}
    screen: Step | None = None
    times: int = 1


class PrinterFault(_Part, kw_only=True):
    """What is wrong with a printer from now on; each word is one of the simulator's hands."""

    second: bool = False
    paper_low: bool = False
    paper_out: bool = False
    lines_left: int | None = None
    cover_open: bool = False
    offline: bool = False
    jam_cutter: bool = False
    overheat: bool = False
    silent: bool = False
    seconds_per_line: float | None = None
    stall: bool = False
    half_open: bool = False
    busy: bool = False
    reset_after: int | None = None
    power_off: bool = False


class ReaderFault(_Part, kw_only=True):
    """What is wrong with the reader; ``at_command`` of the next reading, at once when not given.

    ``impatient``: nothing is wrong, but the deadline of a reading is the short one (:data:`.surroundings.SHORT_S`).
    """

    service_down: bool = False
    unplugged: bool = False
    busy: bool = False
    impatient: bool = False
    at_command: int | None = None


class Trouble(_Part, kw_only=True):
    """One or more faults that strike together, now or at a moment."""

    when: Moment | None = None
    printer: PrinterFault | None = None
    reader: ReaderFault | None = None
    card_pulled: bool = False
    disk_full: bool = False
    network_down: bool = False
    clock: str | None = None
    revoked: bool = False
    power_cut: bool = False

    def __post_init__(self) -> None:
        if self.clock is not None:
            duration(self.clock)


class Seen(_Part, kw_only=True):
    """What the person sees: screen, fault code with its title, words by their key in screens.json.

    ``sentences`` are keys of sentences.json, ``badge`` a code in the corner, ``absent`` names that must not be there.
    """

    step: Step
    fault: str | None = None
    words: tuple[str, ...] = ()
    sentences: tuple[str, ...] = ()
    badge: str | None = None
    absent: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for code in filter(None, (self.fault, self.badge)):
            if code not in _CODES:
                raise ValueError(f"no fault has the code {code}")


class OnDisk(_Part, kw_only=True):
    """Every record this terminal ever kept, by kind, and the last state of each copy of each slip, in order."""

    records: dict[RecordKind, int]
    slips: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for slip in self.slips:
            if not _SLIP.fullmatch(slip):
                raise ValueError(f"not the state of a slip: {slip!r} (A1 printed, B2 unknown, ...)")


class Deed(_Part, kw_only=True):
    """One step of a script: exactly one of these."""

    insert: str | Insertion | None = None
    pull_card: bool | None = None
    until: Step | None = None
    touch: str | Touched | None = None
    fault: Trouble | None = None
    mend: Repair | None = None
    power_back: bool | None = None
    time: str | None = None
    sees: Seen | None = None
    disk: OnDisk | None = None
    paper: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        said = [name for name in self.__struct_fields__ if getattr(self, name) is not None]
        if len(said) != 1:
            raise ValueError(f"a step says one thing, not {len(said)} ({', '.join(said) or 'nothing'})")
        if self.time is not None:
            duration(self.time)
        for paper in self.paper or ():
            if not _PAPER.fullmatch(paper):
                raise ValueError(f"not a paper: {paper!r} (A1 whole, B1 torn, B1 torn with code, rest torn)")


class Scenario(_Part, kw_only=True):
    """One named scenario. ``fault`` and ``phase`` are its place in the matrix of docs/fault-scripts.md.

    ``ends_closed``: at its end the terminal rightly enrols nobody any more (it was revoked).
    """

    name: str
    purpose: str
    fault: str
    phase: Phase
    terminal: Site = Site()
    answers: Answers = Answers()
    ends_closed: bool = False
    steps: tuple[Deed, ...]

    def __post_init__(self) -> None:
        for kind in ("sees", "disk", "paper"):
            if not any(getattr(step, kind) is not None for step in self.steps):
                raise ValueError(f"the scenario expects nothing by `{kind}`")


class ScriptFile(_Part, kw_only=True):
    """One file a device: the faults it knows, each with a word for the matrix, and its scenarios."""

    device: str
    faults: dict[str, str]
    scenarios: tuple[Scenario, ...]

    def __post_init__(self) -> None:
        strangers = {scenario.fault for scenario in self.scenarios} - set(self.faults)
        if strangers:
            raise ValueError(f"not among the faults of the file: {', '.join(sorted(strangers))}")


FAILPOINTS = {
    Moment.COMMIT: (Failpoint.COMMIT_BEFORE, 1),
    Moment.COMMITTED: (Failpoint.COMMIT_AFTER, 1),
    Moment.SLIP_A: (Failpoint.PRINT_BEFORE, 1),
    Moment.SLIP_B: (Failpoint.PRINT_BEFORE, 2),
    Moment.AFTER_SLIP_A: (Failpoint.PRINT_AFTER, 1),
    Moment.AFTER_SLIP_B: (Failpoint.PRINT_AFTER, 2),
}
"""Which named instant, and its how-manieth passing after the fault was prepared."""


def duration(text: str) -> timedelta:
    """``+61 s``, ``-3 days``.

    Raises:
        ValueError: not of that form.
    """
    found = _DURATION.fullmatch(text)
    if found is None:
        raise ValueError(f"not a time: {text!r} (+61 s, +5 min, -3 days)")
    sign, number, unit = found.groups()
    return timedelta(**{_UNITS[unit]: int(number)}) * (1 if sign == "+" else -1)
