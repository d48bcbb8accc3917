"""What must be proved before a dossier exists (invariant 4; dmp.md §15 transition 3, EX_1.1-1010).

Pure. The evidence kept beside the dossier holds what was shown, what was answered and who attested; no identity.
"""

from __future__ import annotations

from wire.canonical import WireStruct, encode
from wire.errors import IdentifierError
from wire.evidence import Answer, IdentityCheck, Question, TextShown
from wire.facts import EnrolmentFacts
from wire.identifiers import operator_id

_HASH_BYTES = 32
_QUESTIONS = tuple(Question)


class ConsentEvidence(WireStruct, frozen=True):
    """Notice, answers and identity check of one enrolment, as the terminal recorded them."""

    notice: TextShown
    answers: tuple[Answer, ...]
    identity_check: IdentityCheck
    version: int = 1


def evidence_of(facts: EnrolmentFacts) -> bytes:
    """The canonical bytes that are kept."""
    return encode(ConsentEvidence(notice=facts.notice, answers=facts.answers, identity_check=facts.identity_check))


def is_complete(facts: EnrolmentFacts) -> bool:
    """Whether a dossier may be opened on this evidence.

    Steps:

    1. the notice shown is named: which text, version, language, hash of the very words, when;
    2. each of the three questions is answered once, and what was shown with it is named in the same way;
    3. creation was accepted;
    4. somebody attested the person's identity: who, in which role, how, when, under which statement.

    Not checked: that the texts named were ever published (their catalogue comes with the languages), and that the
    attesting operator belongs to the office (the ledger holds the bonus back, see intake).
    """
    return (
        _is_named(facts.notice)  # 1
        and len(facts.answers) == len(_QUESTIONS)  # 2
        and all(any(answer.question is question for answer in facts.answers) for question in _QUESTIONS)
        and all(_is_named(answer.shown) and answer.answered_ms > 0 for answer in facts.answers)
        and not is_refused(facts, Question.CREATION)  # 3
        and _is_attested(facts.identity_check)  # 4
    )


def is_refused(facts: EnrolmentFacts, question: Question) -> bool:
    """Whether the person said no, or was not asked: silence never opens an access."""
    return not any(answer.accepted for answer in facts.answers if answer.question is question)


def _is_named(shown: TextShown) -> bool:
    words = shown.text_id and shown.version and shown.language
    return bool(words) and len(shown.sha256) == _HASH_BYTES and shown.shown_ms > 0


def _is_attested(check: IdentityCheck) -> bool:
    try:
        operator_id(check.operator)
    except IdentifierError:
        return False
    return bool(check.role and check.method) and check.checked_ms > 0 and _is_named(check.statement)
