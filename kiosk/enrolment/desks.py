"""What central is asked while the person waits: is there a dossier, is the contact theirs, what did the month bring?

Ports, as in :mod:`kiosk.enrolment.ports`; none of them raises: without a line they say so, and the enrolment goes on.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime

from wire.nir import Nir
from wire.proofs import ContactKind, ProofOutcome
from wire.status import PersonStatus


@dataclass(frozen=True, slots=True)
class StatusWord:
    """What central says of a person; ``copies`` counts the activation slips made for their dossier so far."""

    status: PersonStatus
    copies: int = 0


class StatusDesk(ABC):
    """Central's answer to "does this person have a dossier?", asked only with the card present."""

    @abstractmethod
    def status_of(self, nir: Nir) -> StatusWord:
        """NONE, ACTIVE, CLOSED; UNKNOWN when central cannot be asked now. Never raises."""


@dataclass(frozen=True, slots=True, repr=False)
class ProofWord:
    """What came of asking for a code or of typing one; ``retry_s``: seconds until a new code may be asked for."""

    outcome: ProofOutcome
    proof: bytes | None = None
    retry_s: float | None = None
    tries_left: int | None = None


class ContactProver(ABC):
    """Central's one-time codes for an e-mail or a mobile (domain/dmp.md §16 K10)."""

    @abstractmethod
    def send(self, contact: ContactKind, address: str, language: str) -> ProofWord:
        """SENT with a proof, TOO_SOON, or NOT_NOW (also without a network). Blocks some seconds; never raises."""

    @abstractmethod
    def check(self, proof: bytes, code: str) -> ProofWord:
        """PROVED, WRONG, SPENT, or NOT_NOW. Blocks some seconds; never raises."""


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """The running month of this office as central last told it; whole cents."""

    month: str
    openings: int
    cents_accrued: int
    cents_held: int
    told_at: datetime


class EarningsDesk(ABC):
    """What this office earned this month, for the counter's day page."""

    @abstractmethod
    def month(self) -> MonthFigures | None:
        """The last known figures, at once; None when central never told. Asks central aside when they are old."""
