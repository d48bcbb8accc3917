"""What stands about a person's dossier, and how a later word changes it: the rules that make order not matter. Pure.

Facts come late, twice and out of order. So each word carries its time, clamped into central's own bounds
(invariant 12), and the latest one holds, whatever came first:

* an emergency access: the latest refusal, or explicit grant, holds; at equal times the refusal. The yes of an enrolment
  is no grant but the absence of a refusal: a second enrolment cannot undo one (docs/decisions: a refusal wins);
* open or closed: the latest of enrolment, reactivation and closure holds; at equal times the closure.

Sources: domain/dmp.md §6 (closure, ten years, three months), §15 transitions 10 and 11.
"""

from __future__ import annotations

import enum
from datetime import date

import msgspec
from msgspec.structs import replace

from central.accounts.service import AccountState
from wire.retention import last_day_kept


class DossierState(enum.Enum):
    """State of a dossier at central (dmp.md §15; the states beyond come with later flows)."""

    CREATED = "created"
    CLOSED = "closed"


class Motive(enum.Enum):
    """Why a dossier was closed (dmp.md §6; the official codes are not public, these are ours)."""

    PATIENT_REQUEST = "PATIENT_REQUEST"
    REPRESENTATIVE_REQUEST = "REPRESENTATIVE_REQUEST"
    OPPOSITION = "OPPOSITION"  # to an automatic opening that had happened already
    ANNULMENT = "ANNULMENT"  # it should never have been opened
    DEATH = "DEATH"  # no terminal says it; whoever is closed so is never opened again


_FOR_EVER = frozenset({Motive.ANNULMENT, Motive.DEATH})


class Effect(enum.Enum):
    """What a fact about a dossier did."""

    DONE = "done"
    ALREADY = "already"  # it was so before
    SUPERSEDED = "superseded"  # a later word had come first
    TOO_LATE = "too_late"  # the ten years are over, or the closure is for ever
    DELETION_ASKED = "deletion_asked"  # closed already; now to be deleted without the ten years


class AccessName(enum.Enum):
    """The two emergency accesses."""

    BREAK_GLASS = "break_glass"
    CENTRE_15 = "centre_15"


class Access(msgspec.Struct, frozen=True, gc=False):
    """One emergency access: whether it is refused, and when that was said; 0: nobody said anything but yes."""

    refused: bool = False
    decided_ms: int = 0

    def after(self, *, refused: bool, at_ms: int) -> Access:
        """With one more word; an older one changes nothing."""
        return max(self, Access(refused, at_ms), key=lambda word: (word.decided_ms, word.refused))


class ContactStanding(msgspec.Struct, frozen=True, gc=False):
    """Which contacts the holder gave, whether they are proved, and when they were given."""

    decided_ms: int = 0
    has_email: bool = False
    email_proved: bool = False
    has_mobile: bool = False
    mobile_proved: bool = False


class Closing(msgspec.Struct, frozen=True, gc=False):
    """How a dossier was closed; ``purge_on`` is the last day on which its content is kept."""

    closed_on: str
    motive: Motive
    purge_on: str
    deletion_asked: bool = False


class Standing(msgspec.Struct, frozen=True, gc=False):
    """The dossier a person has: all of it that a later fact can change.

    ``state_decided_ms`` is 0 for a dossier that was opened by itself: nobody has asked for it yet.
    """

    dossier_id: bytes
    state: DossierState
    state_decided_ms: int
    break_glass: Access
    centre_15: Access
    account: AccountState
    contact: ContactStanding = ContactStanding()
    copies: int = 0
    closing: Closing | None = None

    def access(self, name: AccessName) -> Access:
        """One of the two."""
        return self.break_glass if name is AccessName.BREAK_GLASS else self.centre_15

    def with_access(self, name: AccessName, access: Access) -> Standing:
        """The same dossier with another word on one access."""
        return replace(self, **{name.value: access})

    def closed(self, closing: Closing, *, at_ms: int) -> Standing:
        """Closed: the account is disabled with it."""
        return replace(
            self,
            state=DossierState.CLOSED,
            state_decided_ms=at_ms,
            closing=closing,
            account=AccountState.DISABLED,
        )

    def reopened(self, account: AccountState, *, at_ms: int) -> Standing:
        """Open again; nothing of the closing is left."""
        return replace(self, state=DossierState.CREATED, state_decided_ms=at_ms, closing=None, account=account)

    def may_reopen(self, day: str) -> bool:
        """Whether a reactivation of that day still finds content (dmp.md §15 transition 11)."""
        closing = self.closing
        return closing is not None and closing.motive not in _FOR_EVER and day <= closing.purge_on


def purge_day(closed_on: str, *, delete_now: bool) -> str:
    """The last day on which a dossier closed that day can be opened again (:mod:`wire.retention`)."""
    return last_day_kept(date.fromisoformat(closed_on), delete_now=delete_now).isoformat()
