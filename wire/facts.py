"""The administrative part of each kind of record: sealed to central's intake, read by nobody else.

Every fact about a person says who, by which card, who attested it, and what was shown and answered (invariant 4).
Sources: design.md §5; domain/dmp.md §6 (closure), §10 (minors), §15 (states), §16 (consents).
"""

from __future__ import annotations

from wire.canonical import WireStruct, decode
from wire.evidence import Answer, CardEvidence, Contact, IdentityCheck, NamedPerson, Representation, TextShown, Traits
from wire.records import ADMINISTRATIVE_LIMIT


class EnrolmentFacts(WireStruct, frozen=True, tag="enrolment", tag_field="kind"):
    """A first opening. ``alerts`` is a word of :class:`wire.evidence.AlertWish`; with no contact it is None."""

    traits: Traits
    card: CardEvidence
    contact: Contact
    notice: TextShown
    answers: tuple[Answer, ...]
    identity_check: IdentityCheck
    activation_slip: bool
    alerts: str | None = None
    representation: Representation | None = None


class PendingInsFacts(WireStruct, frozen=True, tag="pending_ins", tag_field="kind"):
    """All of an opening but the number: a child who has none of their own yet. Nothing is opened (dmp.md §15 row 6)."""

    person: NamedPerson
    ins_oid: str
    card: CardEvidence
    contact: Contact
    notice: TextShown
    answers: tuple[Answer, ...]
    identity_check: IdentityCheck
    representation: Representation
    alerts: str | None = None


class ReactivationFacts(WireStruct, frozen=True, tag="reactivation", tag_field="kind"):
    """A closed dossier opened again, with its own consent (C10) and both emergency questions asked anew."""

    traits: Traits
    card: CardEvidence
    contact: Contact
    notice: TextShown
    answers: tuple[Answer, ...]
    identity_check: IdentityCheck
    activation_slip: bool
    alerts: str | None = None
    representation: Representation | None = None


class CodeReissueFacts(WireStruct, frozen=True, tag="code_reissue", tag_field="kind"):
    """A new activation code for a dossier that exists; the old one dies. ``copy_number`` is printed on the slip."""

    traits: Traits
    card: CardEvidence
    identity_check: IdentityCheck
    copy_number: int
    representation: Representation | None = None


class ConsentChangeFacts(WireStruct, frozen=True, tag="consent_change", tag_field="kind"):
    """The emergency accesses anew: ``answers`` holds break-the-glass, centre 15 or both."""

    traits: Traits
    card: CardEvidence
    answers: tuple[Answer, ...]
    identity_check: IdentityCheck
    representation: Representation | None = None


class ContactChangeFacts(WireStruct, frozen=True, tag="contact_change", tag_field="kind"):
    """Another way to reach the holder; it replaces what was known."""

    traits: Traits
    card: CardEvidence
    contact: Contact
    identity_check: IdentityCheck
    alerts: str | None = None
    representation: Representation | None = None


class ClosureFacts(WireStruct, frozen=True, tag="closure_request", tag_field="kind"):
    """The holder closes their dossier; the answers say whether to keep it ten years or to delete it now (C11)."""

    traits: Traits
    card: CardEvidence
    answers: tuple[Answer, ...]
    identity_check: IdentityCheck
    representation: Representation | None = None


class OppositionFacts(WireStruct, frozen=True, tag="opposition", tag_field="kind"):
    """No dossier is to be opened for this person by itself (C12)."""

    traits: Traits
    card: CardEvidence
    answers: tuple[Answer, ...]
    identity_check: IdentityCheck
    representation: Representation | None = None


class SlipFacts(WireStruct, frozen=True, tag="slip_outcome", tag_field="kind"):
    """What became of one slip."""

    enrolment_id: bytes
    slip: str
    copy_number: int
    result: str
    settled_ms: int


PersonFacts = (
    EnrolmentFacts
    | ReactivationFacts
    | CodeReissueFacts
    | ConsentChangeFacts
    | ContactChangeFacts
    | ClosureFacts
    | OppositionFacts
)
"""Facts about a person whose number is known: all have ``traits``, ``card`` and ``identity_check``."""

Administrative = PersonFacts | PendingInsFacts | SlipFacts


def read_administrative(data: bytes) -> Administrative:
    """Decode an opened administrative part."""
    return decode(data, Administrative, limit=ADMINISTRATIVE_LIMIT)  # type: ignore[arg-type]
