"""The devices and the disk an enrolment needs. Adapters implement these and see nothing else of the enrolment.

Each port has one to four methods; the errors an adapter may raise stand in its docstring. What central is asked is in
:mod:`kiosk.enrolment.desks`, where the terminal stands and who works there in :mod:`kiosk.enrolment.place`.
"""

from __future__ import annotations

import enum
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kiosk.enrolment.errors import VoiceError
from kiosk.enrolment.holder import CardContents
from kiosk.enrolment.slip import Slip, SlipKind
from wire.facts import Administrative
from wire.identifiers import RecordId
from wire.records import RecordKind
from wire.vault_parts import VaultChange, VaultPart


class ReaderState(enum.Enum):
    """What the reader slot shows now."""

    NO_SERVICE = "no_service"  # the PC/SC service is down
    NO_READER = "no_reader"
    EMPTY = "empty"
    PRESENT = "present"
    MUTE = "mute"  # a card that does not answer: upside down, dirty or dead


@dataclass(frozen=True, slots=True)
class CardPresence:
    """The reader now. ``insertion`` grows by one with each card that comes in: two cards never share it."""

    state: ReaderState
    insertion: int


class SlotHolds(enum.Enum):
    """What one slot of the machine holds, as its ATR tells; nobody talks to a card for this."""

    EMPTY = "empty"
    CARD = "card"
    PROFESSIONAL = "professional"
    MUTE = "mute"


@dataclass(frozen=True, slots=True)
class NamedSlot:
    """One slot by the name that the machine gives it (``pcsc_scan`` lists the same)."""

    name: str
    holds: SlotHolds


class CardReader(ABC):
    """The slot for the patient's card."""

    @abstractmethod
    def presence(self) -> CardPresence:
        """What the slot holds; returns at once."""

    @abstractmethod
    def read(self, insertion: int) -> CardContents:
        """Read the card of that insertion; blocks until the adapter's deadline at the most.

        Raises:
            kiosk.enrolment.errors.CardError: with one of the codes of ``CardFault``; also when the card was
                pulled or is no longer the one of ``insertion``.
        """

    @abstractmethod
    def slots(self) -> tuple[NamedSlot, ...]:
        """Every slot that is watched, as last seen; returns at once. For who looks after the machine."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the reader and of every thread; harmless twice."""


class PrinterState(enum.Enum):
    """What the printer says of itself. A printer that says nothing is UNKNOWN, never READY."""

    READY = "ready"
    PAPER_LOW = "paper_low"
    PAPER_OUT = "paper_out"
    COVER_OPEN = "cover_open"
    OFFLINE = "offline"  # answers, but is not ready; or cannot be reached
    UNKNOWN = "unknown"


class PrintResult(enum.Enum):
    """What became of one slip."""

    PRINTED = "printed"  # the printer itself said after the last byte that all is well
    UNKNOWN = "unknown"  # all bytes left, and then silence
    FAILED = "failed"  # it said no, or the bytes did not leave


@dataclass(frozen=True, slots=True)
class PrintOutcome:
    """The result and the printer's state behind it.

    ``may_be_on_paper`` is False only where no byte of the slip reached the printer: else a piece of it, and of a code,
    may be on paper now or later, and the slip is void unless it was printed whole.
    """

    result: PrintResult
    state: PrinterState
    may_be_on_paper: bool = True


PRINTER_PARTS = ("printer", "second_printer")
"""What :meth:`SlipPrinter.parts` names: the office's printer, and the one that takes over."""


class SlipPrinter(ABC):
    """The paper."""

    @abstractmethod
    def state(self) -> PrinterState:
        """Ask the printer now; bounded by the adapter's deadline."""

    @abstractmethod
    def print(self, slip: Slip) -> PrintOutcome:
        """Print one slip and say what became of it; never raises for a fault of the printer."""

    def parts(self) -> tuple[tuple[str, PrinterState], ...]:
        """Every printer behind this one, by name (``PRINTER_PARTS``) and as it is now, in the order of their use."""
        return ((PRINTER_PARTS[0], self.state()),)

    @abstractmethod
    def close(self) -> None:
        """Let go of the printer; harmless twice."""


@dataclass(frozen=True, slots=True, repr=False)
class RecordDraft:
    """One fact to be kept: sealed, chained and durable when ``RecordStore.add`` returns.

    ``captured_at`` is the terminal's clock (aware UTC); a refusal's is already cut to the hour.
    """

    record_id: RecordId
    kind: RecordKind
    captured_at: datetime
    administrative: Administrative | None
    vault: VaultPart | VaultChange | None

    def __repr__(self) -> str:
        return f"RecordDraft({self.kind.value})"


@dataclass(frozen=True, slots=True)
class KeptRecord:
    """That something was done, and when (aware UTC, as its id tells); nothing of whom."""

    at: datetime
    kind: RecordKind


class RecordStore(ABC):
    """The terminal's disk."""

    @abstractmethod
    def add(self, draft: RecordDraft) -> None:
        """Seal, chain and commit with fsync. When this returns the fact exists, whatever happens next.

        Raises:
            kiosk.enrolment.errors.StoreError: nothing was kept; the person must be told so.
        """

    @abstractmethod
    def waiting(self) -> int:
        """How many records central has not yet confirmed."""

    @abstractmethod
    def openings_since(self, instant: datetime) -> int:
        """How many enrolments were kept from that instant (aware UTC) on, whatever became of them at central."""

    @abstractmethod
    def kept_since(self, instant: datetime) -> tuple[KeptRecord, ...]:
        """Every record kept from that instant (aware UTC) on, oldest first, whatever became of it at central."""


@dataclass(frozen=True, slots=True)
class DoubtfulSlip:
    """A slip of which nobody knows that a person has it; ``state`` is ``unknown`` or ``failed``."""

    record_id: RecordId
    kind: SlipKind
    copy_number: int
    state: str


class SlipJournal(ABC):
    """Where the state of each slip is kept, so that a restart knows what paper may be missing."""

    @abstractmethod
    def settle(self, record_id: RecordId, kind: SlipKind, copy_number: int, state: str, at: datetime) -> None:
        """Note ``rendered``, ``printing``, ``printed``, ``unknown`` or ``failed`` for one slip, durably."""

    @abstractmethod
    def unsettled(self) -> tuple[tuple[RecordId, SlipKind, int], ...]:
        """Slips that were rendered or printing when the power went."""

    @abstractmethod
    def doubtful(self, since: datetime) -> tuple[DoubtfulSlip, ...]:
        """Slips whose latest copy was settled as unknown or failed from that instant (aware UTC) on, newest first."""


@dataclass(frozen=True, slots=True, repr=False)
class ProfessionalCard:
    """A professional's card in the second reader, told without its PIN; ``serial`` as the card gives it, or None."""

    serial: str | None


class ProfessionalReader(ABC):
    """The second slot of a counter."""

    @abstractmethod
    def card(self) -> ProfessionalCard | None:
        """The professional's card now, None when there is none or no second reader; returns at once."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the reader and of every thread; harmless twice."""


class NoSecondReader(ProfessionalReader):
    """Of a terminal that has one slot only."""

    def card(self) -> ProfessionalCard | None:  # noqa: D102 - the port says it
        return None

    def close(self) -> None:
        """Nothing is held."""


@dataclass(frozen=True, slots=True, repr=False)
class Passage:
    """Words to be spoken and the voice they want, as a language names it (``language.json``)."""

    text: str
    voice: str


class Voice(ABC):
    """Reads a screen aloud, over a headset only (decision 0017)."""

    @property
    @abstractmethod
    def is_there(self) -> bool:
        """Whether this terminal can speak at all."""

    @abstractmethod
    def speak(self, passages: Sequence[Passage]) -> bytes:
        """All passages, one after the other, as one WAV file. Blocks some tenths of a second.

        Raises:
            kiosk.enrolment.errors.VoiceError: nothing can be spoken now.
        """


class NoVoice(Voice):
    """Of a terminal without a headset."""

    @property
    def is_there(self) -> bool:  # noqa: D102 - the port says it
        return False

    def speak(self, passages: Sequence[Passage]) -> bytes:  # noqa: ARG002, D102 - the port says it
        raise VoiceError("this terminal does not speak")
