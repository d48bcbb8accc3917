"""How the person is reached: contact, its one-time code, the activation slip. Pure.

Sources: domain/dmp.md §5 (6 digits, 3 tries), §16 K9, K10, P6; EX_1.X-1300 (a contact makes the web account).
"""

from __future__ import annotations

import dataclasses
from datetime import datetime

from msgspec.structs import replace

from kiosk.enrolment.contact import read_contact
from kiosk.enrolment.desks import ProofWord
from kiosk.enrolment.errors import ContactError, StepError
from kiosk.enrolment.journey import UNSAID, Journey, Proving
from kiosk.enrolment.steps import Step
from wire.evidence import Contact
from wire.proofs import PROOF_CODE_DIGITS, ContactKind, ProofOutcome


def give_contact(journey: Journey, email: str, mobile: str, at: datetime) -> Journey:
    """The ways to reach the person; both fields empty is a complaint, not an answer. What was proved stays proved."""
    journey.expect(Step.CONTACT)
    if not email.strip() and not mobile.strip():
        return journey.complaining("contact_empty")
    try:
        contact = read_contact(email, mobile)
    except ContactError as error:
        return journey.complaining(error.code, typed={"email": email[:254], "mobile": mobile[:24]})
    contact, settled = _still_proved(journey, contact)
    return journey.on(at, contact=contact, proofs_settled=settled, proving=None, wants_slip=None, **UNSAID)


def give_no_contact(journey: Journey, at: datetime) -> Journey:
    """The person gives neither e-mail nor mobile: no web account, slip B is offered."""
    journey.expect(Step.CONTACT)
    return journey.on(
        at, contact=Contact(), proofs_settled=frozenset(), proving=None, alerts=None, wants_slip=None, **UNSAID
    )


def choose_slip(journey: Journey, *, wanted: bool, at: datetime) -> Journey:
    """Whether somebody without contact wants the activation slip all the same."""
    journey.expect(Step.SLIP_OFFER)
    return journey.on(at, wants_slip=wanted, **UNSAID)


def asking_for_code(journey: Journey) -> Journey:
    """The next contact for which a code is asked; the one under way when it is still to be proved."""
    journey.expect(Step.PROOF)
    contact = journey.to_be_proved[0]
    known = journey.proving.proof if journey.proving is not None and journey.proving.contact is contact else None
    return dataclasses.replace(journey, proving=Proving(contact, known), complaint=None, typed={})


def address_of(journey: Journey, contact: ContactKind) -> str:
    """Where the code goes.

    Raises:
        StepError: no such contact was given.
    """
    given = journey.contact or Contact()
    address = given.mobile if contact is ContactKind.MOBILE else given.email
    if address is None:
        raise StepError("no such contact was given")
    return address


def code_sent(journey: Journey, word: ProofWord, at: datetime) -> Journey:
    """Central's word on sending: the person may type, must wait a moment, or goes on unproved."""
    proving = _under_way(journey)
    if word.outcome is ProofOutcome.SENT:
        return dataclasses.replace(journey, proving=Proving(proving.contact, word.proof, is_busy=False))
    if word.outcome is ProofOutcome.TOO_SOON:
        return _idle(journey, proving).complaining("code_too_soon")
    return settle_unproved(journey, at)


def checking_code(journey: Journey, code: str) -> Journey:
    """The typed code on its way to central, or a word on its form."""
    proving = _under_way(journey)
    digits = "".join(code.split())
    if len(digits) != PROOF_CODE_DIGITS or not (digits.isascii() and digits.isdigit()):
        return journey.complaining("code_form", typed={"code": code[:12]})
    return dataclasses.replace(journey, proving=dataclasses.replace(proving, is_busy=True), complaint=None)


def code_checked(journey: Journey, word: ProofWord, at: datetime) -> Journey:
    """Central's word on what was typed."""
    proving = _under_way(journey)
    if word.outcome is ProofOutcome.WRONG:
        return _idle(journey, proving).complaining("code_wrong")
    if word.outcome is ProofOutcome.SPENT:
        return dataclasses.replace(journey, proving=Proving(proving.contact, None, is_busy=False)).complaining(
            "code_spent"
        )
    if word.outcome is not ProofOutcome.PROVED:
        return settle_unproved(journey, at)
    proved = _with_proof(journey.contact or Contact(), proving.contact, word.proof or proving.proof)
    settled = journey.proofs_settled | {proving.contact}
    return journey.on(at, contact=proved, proofs_settled=settled, proving=None)


def settle_unproved(journey: Journey, at: datetime) -> Journey:
    """Go on with this contact unproved: it is proved at activation instead."""
    proving = _under_way(journey)
    return journey.on(at, proofs_settled=journey.proofs_settled | {proving.contact}, proving=None)


def _under_way(journey: Journey) -> Proving:
    journey.expect(Step.PROOF)
    if journey.proving is None:
        raise StepError("no code was asked for")
    return journey.proving


def _idle(journey: Journey, proving: Proving) -> Journey:
    return dataclasses.replace(journey, proving=dataclasses.replace(proving, is_busy=False))


def _with_proof(contact: Contact, kind: ContactKind, proof: bytes | None) -> Contact:
    if kind is ContactKind.MOBILE:
        return replace(contact, mobile_proved=True, mobile_proof=proof)
    return replace(contact, email_proved=True, email_proof=proof)


def _still_proved(journey: Journey, contact: Contact) -> tuple[Contact, frozenset[ContactKind]]:
    """What was proved, or tried, before an edit that left the address as it was."""
    old, settled = journey.contact or Contact(), frozenset[ContactKind]()
    if contact.mobile is not None and contact.mobile == old.mobile:
        contact = replace(contact, mobile_proved=old.mobile_proved, mobile_proof=old.mobile_proof)
        settled |= journey.proofs_settled & {ContactKind.MOBILE}
    if contact.email is not None and contact.email == old.email:
        contact = replace(contact, email_proved=old.email_proved, email_proof=old.email_proof)
        settled |= journey.proofs_settled & {ContactKind.EMAIL}
    return contact, settled
