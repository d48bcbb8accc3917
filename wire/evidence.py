"""What was seen, shown, asked and answered: the evidence every record about a person is made of.

Sources: design.md §5; domain/dmp.md §4 (data of a creation), §16 (consents C1 to C12), §10 (representatives).
"""

from __future__ import annotations

import enum

from wire.canonical import WireStruct


class Traits(WireStruct, frozen=True):
    """The person as the card says it, unmodified (EX_GEN-1250). ``ins_oid`` tells test people from real ones."""

    nir: str
    ins_oid: str
    family_name: str
    given_name: str
    birth_date: str
    position: int
    country: str | None = None


class CardEvidence(WireStruct, frozen=True):
    """Which card was in the reader."""

    family: str
    atr: bytes
    identity_file: bytes
    serial: str | None = None
    valid_from: str | None = None
    warnings: tuple[str, ...] = ()


class Contact(WireStruct, frozen=True):
    """How to reach the person; ``*_proved`` says whether a one-time code came back.

    ``*_proof`` names the proof at central (:mod:`wire.proofs`): central believes its own table, not the flag.
    """

    email: str | None = None
    mobile: str | None = None
    email_proved: bool = False
    mobile_proved: bool = False
    email_proof: bytes | None = None
    mobile_proof: bytes | None = None


class AlertWish(enum.Enum):
    """C5: when the holder wants to be told. Emergency accesses are always told."""

    EACH_DOCUMENT = "each_document"
    FIRST_ACCESS = "first_access"
    NONE = "none"


class TextShown(WireStruct, frozen=True):
    """A versioned text as it was shown: hash of the very words, language, when, and for how long."""

    text_id: str
    version: str
    language: str
    sha256: bytes
    shown_ms: int
    seconds_shown: int | None = None


class Question(enum.Enum):
    """What was asked, each with yes or no; the comment names the consent of domain/dmp.md §16."""

    CREATION = "creation"  # C1
    BREAK_GLASS = "break_glass"  # C2
    CENTRE_15 = "centre_15"  # C3
    CONSULTATION = "consultation"  # C6: may this pharmacy read now
    FEEDING = "feeding"  # C7: may this pharmacy file documents
    DECLARATION = "declaration"  # C8: the representative declares authority or mandate
    HEARD = "heard"  # C9: the minor or protected adult was informed and heard; "no": cannot give an opinion yet
    OWN_WILL = "own_will"  # from 16, and the assisted adult: the person themselves says yes
    REACTIVATION = "reactivation"  # C10
    CLOSURE = "closure"  # C11
    DELETION = "deletion"  # C11: "yes" delete now (three months at most), "no" keep ten years
    OPPOSITION = "opposition"  # C12


class Answer(WireStruct, frozen=True):
    """One question answered by a touch: ``accepted``; ``pre_ticked``: "allow" stood chosen before it."""

    question: Question
    accepted: bool
    shown: TextShown
    answered_ms: int
    pre_ticked: bool = False


class IdentityCheck(WireStruct, frozen=True):
    """Who attests that the person is who the card says, how, and when.

    ``professional_card`` is the serial of the professional's card when one lay in the second reader;
    ``prepared_by`` names the preparer when somebody else confirmed.
    """

    operator: str
    role: str
    method: str
    statement: TextShown
    checked_ms: int
    professional_card: str | None = None
    prepared_by: str | None = None


class Measure(enum.Enum):
    """Why somebody else acts for the holder, or stands beside them."""

    PARENTAL = "parental"  # a minor
    REPRESENTATION = "representation"  # a protected adult: the person in charge acts
    ASSISTANCE = "assistance"  # a protected adult consents, the assistant is present


class NamedPerson(WireStruct, frozen=True):
    """Somebody whose number is not in this record. ``position`` is their place on the card, if they are on it."""

    family_name: str
    given_name: str
    birth_date: str | None = None
    position: int | None = None
    country: str | None = None


class Representation(WireStruct, frozen=True):
    """Who acts for the holder, in what quality (codes of value set J11: MTH, FTH, TUTEUR, …).

    ``own_contact`` is the teenager's, given beside the representative's; ``other_parent`` is optional (M9).
    """

    measure: Measure
    quality: str
    representative: NamedPerson
    other_parent: NamedPerson | None = None
    own_contact: Contact | None = None
