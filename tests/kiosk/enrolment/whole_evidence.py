"""What every record of a person must hold, whatever was touched before it: invariant 4, for each kind."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kiosk.enrolment.ports import RecordDraft
from wire.evidence import Question
from wire.facts import EnrolmentFacts, PendingInsFacts, SlipFacts
from wire.records import RecordKind
from wire.vault_parts import VaultPart

OF_NOBODY = frozenset({RecordKind.REFUSAL, RecordKind.SLIP_OUTCOME})
_INFORMED = frozenset({RecordKind.ENROLMENT, RecordKind.PENDING_INS, RecordKind.REACTIVATION})
_EMERGENCY = frozenset({Question.BREAK_GLASS, Question.CENTRE_15})
_MUST_SAY_YES: dict[RecordKind, tuple[Question, ...]] = {
    RecordKind.ENROLMENT: (Question.CREATION,),
    RecordKind.PENDING_INS: (Question.CREATION, Question.DECLARATION),
    RecordKind.REACTIVATION: (Question.REACTIVATION,),
    RecordKind.CLOSURE_REQUEST: (Question.CLOSURE,),
    RecordKind.OPPOSITION: (Question.OPPOSITION,),
    RecordKind.CODE_REISSUE: (),
    RecordKind.CONSENT_CHANGE: (),
    RecordKind.CONTACT_CHANGE: (),
}
_MUST_ANSWER: dict[RecordKind, frozenset[Question]] = dict.fromkeys(_MUST_SAY_YES, frozenset()) | {
    RecordKind.ENROLMENT: _EMERGENCY,
    RecordKind.PENDING_INS: _EMERGENCY,
    RecordKind.REACTIVATION: _EMERGENCY,
    RecordKind.CONSENT_CHANGE: _EMERGENCY,
    RecordKind.CLOSURE_REQUEST: frozenset({Question.DELETION}),
}


def assert_whole_evidence(drafts: Iterable[RecordDraft]) -> None:
    """Each record about a person has all the evidence of its kind."""
    for draft in drafts:
        facts = draft.administrative
        if facts is None or isinstance(facts, SlipFacts):
            continue
        given = {answer.question: answer.accepted for answer in getattr(facts, "answers", ())}
        _attested_after_the_last_answer(facts)
        _asked_and_answered(draft, given)
        _never_alone_as_a_minor(draft, facts, given)
        _contact_proved_only_with_a_proof(facts)
        if isinstance(draft.vault, VaultPart):
            assert isinstance(facts, EnrolmentFacts)
            assert (draft.vault.wrap_break_glass is not None) == given[Question.BREAK_GLASS]
            assert (draft.vault.wrap_centre_15 is not None) == given[Question.CENTRE_15]


def _attested_after_the_last_answer(facts: Any) -> None:
    check = facts.identity_check
    assert check.operator in {"AGENT-01", "PHARMA-01", "PHARMA-02"}  # never the preparer alone
    assert check.checked_ms >= max((answer.answered_ms for answer in getattr(facts, "answers", ())), default=0)


def _asked_and_answered(draft: RecordDraft, given: dict[Question, bool]) -> None:
    assert given.items() >= dict.fromkeys(_MUST_SAY_YES[draft.kind], True).items()
    assert given.keys() >= _MUST_ANSWER[draft.kind]
    if draft.kind in _INFORMED:
        assert draft.administrative.notice.text_id == "notice"  # type: ignore[union-attr]


def _never_alone_as_a_minor(draft: RecordDraft, facts: Any, given: dict[Question, bool]) -> None:
    person = facts.person if isinstance(facts, PendingInsFacts) else facts.traits
    company = facts.representation
    assert (company is not None) or person.given_name == "CAMILLE"
    if company is not None:
        assert company.representative.position is None or company.representative.position != person.position
        assert company.quality
        assert Question.DECLARATION not in given or given[Question.DECLARATION] is True
        assert Question.DECLARATION in given or not hasattr(facts, "answers")
    if person.given_name == "INÈS" and draft.kind in _INFORMED:
        assert given[Question.OWN_WILL] is True


def _contact_proved_only_with_a_proof(facts: Any) -> None:
    contact = getattr(facts, "contact", None)
    if contact is not None:
        assert contact.email_proved == (contact.email_proof is not None)
        assert contact.mobile_proved == (contact.mobile_proof is not None)
