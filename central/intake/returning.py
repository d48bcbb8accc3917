"""Who comes back: reactivation, a new code, other accesses, another contact, closure, opposition. Pure.

Each fact may come late, twice (intake recognises it) or before the one it follows. What a fact about a person without
a dossier would change waits for the dossier (``waiting_facts``); of two words about the same thing the later holds
(:mod:`central.enrolments.standing`). A function answers the code the terminal is told; None: it took effect.

Sources: design.md §4 (keys), §5 (kinds), §6 (states); domain/dmp.md §6, §15 transitions 10, 11 and 16.
"""

from __future__ import annotations

from msgspec.structs import replace

from central.accounts.service import AccountState
from central.audit.tags import AuditTag
from central.automatic.models import RegisterState
from central.counters.models import Measure
from central.enrolments.evidence import answered, evidence_of
from central.enrolments.standing import Closing, DossierState, Effect, Motive, Standing, purge_day
from central.intake.openings import QUESTION_OF, given_contact
from central.intake.sheet import Fact, Sheet
from wire.evidence import Contact, Question
from wire.evidence import Measure as Protection
from wire.facts import (
    ClosureFacts,
    CodeReissueFacts,
    ConsentChangeFacts,
    ContactChangeFacts,
    OppositionFacts,
    PersonFacts,
    ReactivationFacts,
)
from wire.handover import HandOverAction
from wire.vault_parts import VaultChange

NO_DOSSIER = "no_dossier"
ALREADY_OPEN = "already_open"
ALREADY_CLOSED = "already_closed"
DOSSIER_CLOSED = "dossier_closed"
SUPERSEDED = "superseded"
TOO_LATE = "too_late"
OPT_IN = "opt_in"
ALREADY_OPPOSED = "already_opposed"

ReturningFacts = ReactivationFacts | CodeReissueFacts | ConsentChangeFacts | ContactChangeFacts | ClosureFacts


def come_back(sheet: Sheet, fact: Fact, facts: ReturningFacts) -> str | None:
    """A fact about a dossier that should exist: it takes effect, or waits for the dossier, or came too late."""
    standing = sheet.standing(fact.person)
    if standing is None:
        _wait(sheet, fact)
        return NO_DOSSIER
    match facts:
        case ReactivationFacts():
            return _reactivate(sheet, fact, facts, standing)
        case CodeReissueFacts():
            return _reissue(sheet, fact, standing)
        case ConsentChangeFacts():
            return _decide(sheet, fact, facts, standing)
        case ContactChangeFacts():
            return _change_contact(sheet, fact, facts.contact, standing)
        case ClosureFacts():
            return _close(sheet, fact, facts, standing)


def oppose(sheet: Sheet, fact: Fact, facts: OppositionFacts) -> str | None:
    """No dossier is to open by itself; one that did so already, and that nobody has asked for since, is closed.

    In OPT_IN nothing opens by itself: the record is kept and changes nothing. A dossier that was asked for is closed by
    a closure request only.
    """
    if not sheet.scene.opts_out:
        return OPT_IN
    standing = sheet.standing(fact.person)
    if standing is not None and standing.state is DossierState.CREATED and not standing.state_decided_ms:
        closing = Closing(fact.day, Motive.OPPOSITION, purge_day(fact.day, delete_now=False))
        _shut(sheet, fact, standing, closing)
        sheet.note_change(fact, standing.dossier_id, Effect.DONE)
        sheet.hand_over_own(fact, standing.dossier_id, VaultChange(is_closed=True))
    elif standing is not None:
        return _note_opposition(sheet, fact, facts, Effect.SUPERSEDED, ALREADY_OPEN)
    if sheet.is_opposed(fact.person):
        return _note_opposition(sheet, fact, facts, Effect.ALREADY, ALREADY_OPPOSED)
    sheet.register(fact.person, RegisterState.OPPOSED)
    sheet.audit(AuditTag.PERSON_OPPOSED, fact.person, fact.record_id.hex())
    sheet.count(Measure.OPPOSITIONS, fact.day)
    return _note_opposition(sheet, fact, facts, Effect.DONE, None)


def _reactivate(sheet: Sheet, fact: Fact, facts: ReactivationFacts, standing: Standing) -> str | None:
    """Closed → created, when asked after the closing and while there is content (dmp.md §15 transition 11); no bonus.

    On a dossier that is open nothing opens, but its answers and its new code count: they are what the person said. One
    that is older than the opening brings its answers alone: its code and contact are older than those that came then.
    """
    at_ms, is_closed = fact.at_ms, standing.state is DossierState.CLOSED
    if is_closed and not standing.may_reopen(fact.day):
        sheet.note_change(fact, standing.dossier_id, Effect.TOO_LATE)
        return TOO_LATE
    if at_ms < standing.state_decided_ms or (is_closed and at_ms == standing.state_decided_ms):
        sheet.note_change(fact, standing.dossier_id, Effect.SUPERSEDED)
        _decide_accesses(sheet, fact, facts)
        return SUPERSEDED
    copies = standing.copies + int(facts.activation_slip)
    if is_closed:
        wanted = facts.activation_slip or facts.contact.email or facts.contact.mobile
        account = AccountState.TO_ACTIVATE if wanted else AccountState.NONE
        sheet.change(fact.person, replace(standing.reopened(account, at_ms=at_ms), copies=copies))
        sheet.rows.reopened.append(fact.person)
        sheet.audit(AuditTag.DOSSIER_REACTIVATED, standing.dossier_id, fact.record_id.hex())
        sheet.audit(AuditTag.ACCOUNT_TO_ACTIVATE if wanted else AuditTag.ACCOUNT_NONE, standing.dossier_id)
        sheet.count(Measure.REACTIVATIONS, fact.day)
    else:
        decided_ms = max(standing.state_decided_ms, at_ms)
        sheet.change(fact.person, replace(standing, state_decided_ms=decided_ms, copies=copies))
    _decide_accesses(sheet, fact, facts)
    _take_contact(sheet, fact, facts.contact)
    sheet.note_change(fact, standing.dossier_id, Effect.DONE if is_closed else Effect.ALREADY)
    sheet.hand_over(fact, standing.dossier_id, HandOverAction.CHANGE)
    return None if is_closed else ALREADY_OPEN


def _reissue(sheet: Sheet, fact: Fact, standing: Standing) -> str | None:
    """A new code for an open dossier, under the vault's guard; of a closed one it waits until that opens again.

    A code that was asked for before the dossier was opened, or last asked for, is older than the slip that came with
    that: who holds somebody's card and plants a request must not get the code of a dossier to come.
    """
    if standing.state is DossierState.CLOSED and fact.at_ms > standing.state_decided_ms:
        _wait(sheet, fact)
        return DOSSIER_CLOSED
    if standing.state is DossierState.CLOSED or fact.at_ms < standing.state_decided_ms:
        sheet.note_change(fact, standing.dossier_id, Effect.SUPERSEDED)
        return SUPERSEDED
    sheet.change(fact.person, replace(standing, copies=standing.copies + 1))
    sheet.audit(AuditTag.DOSSIER_CODE_REISSUED, standing.dossier_id, fact.record_id.hex())
    sheet.count(Measure.CODE_REISSUES, fact.day)
    sheet.note_change(fact, standing.dossier_id, Effect.DONE)
    sheet.hand_over(fact, standing.dossier_id, HandOverAction.CHANGE)
    return None


def _decide(sheet: Sheet, fact: Fact, facts: ConsentChangeFacts, standing: Standing) -> str | None:
    """The accesses anew. A closed dossier keeps the word for when it opens again: the vault has no wrap to change."""
    _decide_accesses(sheet, fact, facts)
    after = sheet.standing(fact.person)
    assert after is not None
    changed = [name for name in QUESTION_OF if standing.access(name).refused is not after.access(name).refused]
    holds = [name for name in QUESTION_OF if after.access(name).decided_ms == fact.at_ms]
    effect = Effect.DONE if changed else Effect.ALREADY if holds else Effect.SUPERSEDED
    sheet.note_change(fact, standing.dossier_id, effect)
    if effect is Effect.DONE:
        sheet.count(Measure.CONSENT_CHANGES, fact.day)
    if effect is Effect.SUPERSEDED:
        return SUPERSEDED
    if after.state is DossierState.CREATED:
        sheet.hand_over(fact, standing.dossier_id, HandOverAction.CHANGE)
    return None


def _change_contact(sheet: Sheet, fact: Fact, contact: Contact, standing: Standing) -> str | None:
    effect = Effect.DONE if _take_contact(sheet, fact, contact) else Effect.SUPERSEDED
    sheet.note_change(fact, standing.dossier_id, effect)
    if effect is not Effect.DONE:
        return SUPERSEDED
    sheet.audit(AuditTag.ACCOUNT_CONTACT_CHANGED, standing.dossier_id, fact.record_id.hex())
    sheet.count(Measure.CONTACT_CHANGES, fact.day)
    sheet.hand_over(fact, standing.dossier_id, HandOverAction.CHANGE)
    return None


def _close(sheet: Sheet, fact: Fact, facts: ClosureFacts, standing: Standing) -> str | None:
    """Created → closed, for ten years or, when asked, three months; a later wish to delete still counts."""
    delete_now = answered(facts, Question.DELETION) is True
    closing = standing.closing
    if standing.state is DossierState.CLOSED:
        if delete_now and closing is not None and not closing.deletion_asked:
            sooner = replace(closing, deletion_asked=True, purge_on=purge_day(fact.day, delete_now=True))
            sheet.change(fact.person, replace(standing, closing=sooner))
            sheet.audit(AuditTag.DOSSIER_DELETION_ASKED, standing.dossier_id, fact.record_id.hex())
            sheet.note_change(fact, standing.dossier_id, Effect.DELETION_ASKED)
            sheet.hand_over(fact, standing.dossier_id, HandOverAction.CHANGE)
            return None
        sheet.note_change(fact, standing.dossier_id, Effect.ALREADY)
        return ALREADY_CLOSED
    if fact.at_ms < standing.state_decided_ms:
        sheet.note_change(fact, standing.dossier_id, Effect.SUPERSEDED)
        return SUPERSEDED
    motive = Motive.REPRESENTATIVE_REQUEST if _is_represented(facts) else Motive.PATIENT_REQUEST
    purge_on = purge_day(fact.day, delete_now=delete_now)
    _shut(sheet, fact, standing, Closing(fact.day, motive, purge_on, delete_now))
    sheet.count(Measure.CLOSURES, fact.day)
    sheet.note_change(fact, standing.dossier_id, Effect.DONE)
    sheet.hand_over(fact, standing.dossier_id, HandOverAction.CHANGE)
    return None


def _shut(sheet: Sheet, fact: Fact, standing: Standing, closing: Closing) -> None:
    sheet.change(fact.person, standing.closed(closing, at_ms=fact.at_ms))
    sheet.audit(AuditTag.DOSSIER_CLOSED, standing.dossier_id, fact.record_id.hex())
    sheet.audit(AuditTag.ACCOUNT_DISABLED, standing.dossier_id)


def _wait(sheet: Sheet, fact: Fact) -> None:
    sheet.rows.waiting_facts.append(
        {"fingerprint": fact.person, "record_id": fact.record_id, "received_ms": fact.time.received_ms}
    )


def _note_opposition(sheet: Sheet, fact: Fact, facts: OppositionFacts, effect: Effect, code: str | None) -> str | None:
    sheet.rows.oppositions.append(
        {
            "fingerprint": fact.person,
            "record_id": fact.record_id,
            "decided_ms": fact.at_ms,
            "effect": effect.value,
            "evidence": evidence_of(facts),
        }
    )
    return code


def _decide_accesses(sheet: Sheet, fact: Fact, facts: ReactivationFacts | ConsentChangeFacts) -> None:
    for name, question in QUESTION_OF.items():
        accepted = answered(facts, question)
        if accepted is not None:
            sheet.decide_access(fact, name, refused=not accepted)


def _take_contact(sheet: Sheet, fact: Fact, contact: Contact) -> bool:
    """The contact of a later record replaces the one known; whether it did."""
    standing = sheet.standing(fact.person)
    assert standing is not None
    if fact.at_ms < standing.contact.decided_ms:
        return False
    given = given_contact(contact, sheet.scene, at_ms=fact.at_ms)
    sheet.change(fact.person, replace(standing, contact=given))
    return True


def _is_represented(facts: PersonFacts) -> bool:
    acting = facts.representation
    return acting is not None and acting.measure is not Protection.ASSISTANCE
