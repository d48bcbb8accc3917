"""Where the terminal stands and who works there: the place it was told to be, its operators, and what their PIN opens.

Ports, as in :mod:`kiosk.enrolment.ports`.
"""

from __future__ import annotations

import enum
from abc import ABC, abstractmethod
from dataclasses import dataclass

from wire.configuration import Regime
from wire.identifiers import OfficeId, OperatorId, TerminalId
from wire.nir import InsAuthority
from wire.records import Channel, SubChannel
from wire.trust import TrustBundle


class OperatorRole(enum.Enum):
    """Who stands beside the terminal."""

    AGENT = "agent"  # of the CPAM, in the hall
    PHARMACIST = "pharmacist"
    PREPARER = "preparer"  # prepares at the counter; the pharmacist's PIN confirms (dmp.md §16 P)


@dataclass(frozen=True, slots=True)
class Operator:
    """A person who may check identities here. ``operator_id`` is what the record carries; no name."""

    operator_id: OperatorId
    role: OperatorRole
    display_name: str


@dataclass(frozen=True, slots=True)
class TerminalPlace:
    """Where this terminal stands and what it was told: from the signed configuration and the trust bundle.

    ``office_lines`` is the address as printed; ``ins_authority`` is the test OID wherever people are fictitious.
    """

    terminal: TerminalId
    office: OfficeId
    office_name: str
    office_lines: tuple[str, ...]
    channel: Channel
    sub_channel: SubChannel
    activation_url: str
    ins_authority: InsAuthority
    finess: str | None
    help_line: str | None
    trust: TrustBundle
    regime: Regime = Regime.OPT_IN
    languages: tuple[str, ...] = ("fr", "en", "ar")
    proves_contacts: bool = True
    pre_ticked_emergency: bool = False


class Whereabouts(ABC):
    """The terminal's present place; changes when a new configuration or trust bundle has come."""

    @property
    @abstractmethod
    def terminal(self) -> TerminalId:
        """This terminal's name: known since it was registered, also while it may not enrol."""

    @abstractmethod
    def sub_channel(self) -> SubChannel | None:
        """Hall or counter, so that a closed terminal speaks to whoever stands there; None when nobody can tell."""

    @abstractmethod
    def current(self) -> TerminalPlace:
        """The place now.

        Raises:
            kiosk.enrolment.errors.NotReadyError: not registered, revoked, or no valid trust bundle.
        """


class Door(enum.Enum):
    """What a PIN opens. Each counts its wrong tries alone: who plays at the panel locks no agent out of attesting."""

    ATTESTATION = "attestation"
    PANEL = "panel"


class OperatorDirectory(ABC):
    """Who may attest at this office, checked against hashes that lie on the terminal."""

    @abstractmethod
    def verify(self, pin: str, door: Door = Door.ATTESTATION) -> Operator | None:
        """The operator of that PIN, or None; throttled and locked out by the adapter after wrong tries at that door.

        Raises:
            kiosk.enrolment.errors.OperatorLockedError: too many wrong tries; says until when.
        """
