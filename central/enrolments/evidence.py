"""What must be proved before a fact about a person takes effect (invariant 4; dmp.md §15, §16, EX_1.1-1010).

Pure. The evidence kept beside the dossier holds what was shown, what was answered and who attested; no identity.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from central.dates import paris_day
from wire.birth_dates import MAJORITY, OWN_VOICE, age_of
from wire.canonical import WireStruct, encode
from wire.errors import IdentifierError
from wire.evidence import Answer, IdentityCheck, Measure, Question, Representation, TextShown
from wire.facts import (
    ClosureFacts,
    CodeReissueFacts,
    ConsentChangeFacts,
    ContactChangeFacts,
    EnrolmentFacts,
    OppositionFacts,
    PendingInsFacts,
    PersonFacts,
    ReactivationFacts,
)
from wire.identifiers import operator_id
from wire.records import SubChannel

AttestedFacts = PersonFacts | PendingInsFacts
"""Facts about a person, attested by an operator, whether the person has a number yet or not."""

_HASH_BYTES = 32
_ACCESSES = frozenset({Question.BREAK_GLASS, Question.CENTRE_15})
# Who may attest where; a preparer prepares and never attests (dmp.md §16 b).
_ATTESTING_ROLE = {SubChannel.HALL_TERMINAL.value: "agent", SubChannel.COUNTER.value: "pharmacist"}


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a kind of record must have asked, besides the identity check.

    ``accepted`` must be there with yes, ``answered`` with yes or no, of ``one_of`` at least one. A minor or a
    represented adult was heard where ``hears``; somebody from 16 to 18 said yes themselves where ``own_will``.
    """

    accepted: frozenset[Question] = frozenset()
    answered: frozenset[Question] = frozenset()
    one_of: frozenset[Question] = frozenset()
    hears: bool = False
    own_will: bool = False


_ASKED: Mapping[type[AttestedFacts], _Asked] = {
    EnrolmentFacts: _Asked(frozenset({Question.CREATION}), _ACCESSES, hears=True, own_will=True),
    PendingInsFacts: _Asked(frozenset({Question.CREATION}), _ACCESSES, hears=True, own_will=True),
    ReactivationFacts: _Asked(frozenset({Question.REACTIVATION}), _ACCESSES, hears=True, own_will=True),
    ConsentChangeFacts: _Asked(one_of=_ACCESSES, own_will=True),
    ClosureFacts: _Asked(frozenset({Question.CLOSURE}), frozenset({Question.DELETION}), own_will=True),
    OppositionFacts: _Asked(frozenset({Question.OPPOSITION})),
}
"""Kinds with questions; a new code and another contact ask none."""


class ConsentEvidence(WireStruct, frozen=True):
    """What one record proves, as the terminal recorded it; of who acted for the holder, the quality and no name."""

    answers: tuple[Answer, ...]
    identity_check: IdentityCheck
    notice: TextShown | None = None
    measure: Measure | None = None
    quality: str | None = None
    version: int = 1


def evidence_of(facts: AttestedFacts) -> bytes:
    """The canonical bytes that are kept."""
    acting = facts.representation
    return encode(
        ConsentEvidence(
            notice=_notice_of(facts),
            answers=answers_of(facts),
            identity_check=facts.identity_check,
            measure=None if acting is None else acting.measure,
            quality=None if acting is None else acting.quality,
        )
    )


def is_complete(facts: AttestedFacts, *, captured_ms: int) -> bool:
    """Whether the fact may take effect on this evidence.

    Steps:

    1. the notice shown is named, where the kind has one: text, version, language, hash of the very words, when;
    2. no question is answered twice, and what was shown with each answer is named in the same way;
    3. every question of the kind is answered, with yes where only yes leads on;
    4. the age is known; who is under 18 at the captured time has a parent or guardian beside them, who acts for
       somebody else says in what quality and declares it, the minor or represented adult was heard, and who is from
       16 to 18 said yes too;
    5. somebody attested the person's identity: who, in which role, how, when, under which statement.

    Not checked: that the texts named were ever published; that the attesting operator belongs to the office (the
    ledger holds the bonus back, see intake); that the captured time is true (the caller bounds it by the arrival, so
    that a clock that runs ahead makes nobody of age); emancipated minors.
    """
    notice = _notice_of(facts)
    answers = answers_of(facts)
    said = {answer.question: answer.accepted for answer in answers}
    return (
        (notice is None or _is_named(notice))  # 1
        and len(said) == len(answers)  # 2
        and all(_is_named(answer.shown) and answer.answered_ms > 0 for answer in answers)
        and _are_answered(facts, said)  # 3
        and _is_accompanied_as_needed(facts, date.fromisoformat(paris_day(captured_ms)))  # 4
        and _is_attested(facts.identity_check)  # 5
    )


def may_attest(check: IdentityCheck, sub_channel: str) -> bool:
    """Whether this role attests identities there: an agent in a hall, a pharmacist at a counter.

    Of a place not known here nothing is said: the record is set aside for its place (see planning).
    """
    return _ATTESTING_ROLE.get(sub_channel, check.role) == check.role


def is_refused(facts: AttestedFacts, question: Question) -> bool:
    """Whether the person said no, or was not asked: silence never opens an access."""
    return not _accepts(facts, question)


def answered(facts: AttestedFacts, question: Question) -> bool | None:
    """What the person answered, None when they were not asked."""
    for answer in answers_of(facts):  # a plain loop: this runs several times for each record that arrives
        if answer.question is question:
            return answer.accepted
    return None


def answers_of(facts: AttestedFacts) -> tuple[Answer, ...]:
    """The answers of a fact; a new code and another contact ask nothing."""
    return () if isinstance(facts, CodeReissueFacts | ContactChangeFacts) else facts.answers


def _notice_of(facts: AttestedFacts) -> TextShown | None:
    return facts.notice if isinstance(facts, EnrolmentFacts | PendingInsFacts | ReactivationFacts) else None


def _accepts(facts: AttestedFacts, question: Question) -> bool:
    return answered(facts, question) is True


def _are_answered(facts: AttestedFacts, said: Mapping[Question, bool]) -> bool:
    asked = _ASKED.get(type(facts))
    if asked is None:
        return True
    return (
        all(said.get(question) is True for question in asked.accepted)
        and asked.answered <= said.keys()
        and (not asked.one_of or not asked.one_of.isdisjoint(said))
    )


def _is_accompanied_as_needed(facts: AttestedFacts, day: date) -> bool:
    born = facts.person.birth_date if isinstance(facts, PendingInsFacts) else facts.traits.birth_date
    age = None if born is None else age_of(born, day)
    acting = facts.representation
    if age is None:
        return False
    is_minor = age < MAJORITY
    if acting is None:
        return not is_minor
    return (
        is_minor == (acting.measure is Measure.PARENTAL)
        and _is_said(acting)
        and _is_declared(facts, acting, says_own_will=is_minor and age >= OWN_VOICE)
    )


def _is_said(acting: Representation) -> bool:
    return bool(acting.quality and acting.representative.family_name and acting.representative.given_name)


def _is_declared(facts: AttestedFacts, acting: Representation, *, says_own_will: bool) -> bool:
    asked = _ASKED.get(type(facts))
    if asked is None:
        return True
    is_heard = not asked.hears or acting.measure is Measure.ASSISTANCE or answered(facts, Question.HEARD) is not None
    is_willed = not (asked.own_will and says_own_will) or _accepts(facts, Question.OWN_WILL)
    return _accepts(facts, Question.DECLARATION) and is_heard and is_willed


def _is_named(shown: TextShown) -> bool:
    words = shown.text_id and shown.version and shown.language
    return bool(words) and len(shown.sha256) == _HASH_BYTES and shown.shown_ms > 0


def _is_attested(check: IdentityCheck) -> bool:
    try:
        operator_id(check.operator)
    except IdentifierError:
        return False
    return bool(check.role and check.method) and check.checked_ms > 0 and _is_named(check.statement)
