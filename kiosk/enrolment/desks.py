"""What others are asked while the person waits: is there a dossier, is the contact theirs, what did the month bring?

Ports, as in :mod:`kiosk.enrolment.ports`; none of them raises: without a line they say so, and the enrolment goes on.
All but the last ask central.
"""

from __future__ import annotations

import enum
from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime

from kiosk.enrolment.scan import ScannedCode
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


class ApCvWord(enum.Enum):
    """What came of a code of the app carte Vitale."""

    NOT_ACCEPTED = "not_accepted"  # there is nobody here to ask


class ApCvDesk(ABC):
    """The insurer's service that knows whose app carte Vitale shows a code.

    Whoever implements it passes the code on with its mode of acquisition to the SOAP service (the actions
    ``urn:ApCV_AUTH…``, authenticated by the professional's card or Pro Santé Connect), gets a context (identifier,
    token, expiry), and with that the beneficiary's data (domain/vitale.md §8): a further word, with a holder as a card
    gives one. The code is kept no longer than the call, and stands in no log.
    """

    @abstractmethod
    def present(self, code: ScannedCode) -> ApCvWord:
        """Ask whose code it is. May block some seconds; never raises."""


class NoApCv(ApCvDesk):
    """Of every terminal for now: the service is open to approved software only, and no stand-in would be true."""

    def present(self, code: ScannedCode) -> ApCvWord:  # noqa: ARG002, D102 - the port says it
        return ApCvWord.NOT_ACCEPTED
