"""Facts of fictitious people as the session makes them, with canary strings that must be found nowhere afterwards."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from kiosk.enrolment.ports import RecordDraft
from wire.codes import ActivationCode, Locator
from wire.dossier_keys import EmergencyChoices, make_vault_part
from wire.evidence import Answer, CardEvidence, Contact, IdentityCheck, Question, TextShown, Traits
from wire.facts import EnrolmentFacts, SlipFacts
from wire.identifiers import RecordId, TerminalId, milliseconds
from wire.nir import Nir
from wire.records import RecordKind
from wire.trust import TrustBundle

NIR = Nir.parse("290036938104548")
FAMILY_NAME = "CANARI-LEMAÎTRE"
EMAIL = "canari@example.invalid"
MOBILE = "+33600000042"
SLIP = (Locator.parse("AB3D9KXM"), ActivationCode(bytes.fromhex("9f3c51d2807766aa04e1")))
CANARIES = (
    NIR.compact.encode(),
    NIR.body.encode(),
    b"CANARI",
    EMAIL.encode(),
    MOBILE.encode(),
    SLIP[0].value.encode(),
    SLIP[1].secret,
    SLIP[1].secret.hex().encode(),
    SLIP[1].grouped().encode(),
    SLIP[1].grouped().replace("-", "").encode(),
)


def enrolment(at: datetime, terminal: TerminalId, trust: TrustBundle, *, entropy: bytes | None = None) -> RecordDraft:
    """An enrolment with everything accepted: four wraps and both sealed parts."""
    record_id = RecordId.new(at, entropy)
    choices = EmergencyChoices(break_glass=True, centre_15=True)
    vault = make_vault_part(X25519PrivateKey.generate(), record_id, terminal, trust, choices, SLIP)
    return RecordDraft(record_id, RecordKind.ENROLMENT, at, _facts(at), vault)


def refusal(at: datetime) -> RecordDraft:
    """A refusal: no identity, the hour only."""
    hour = at.replace(minute=0, second=0, microsecond=0)
    return RecordDraft(RecordId.new(hour), RecordKind.REFUSAL, hour, None, None)


def slip_outcome(at: datetime, enrolment_id: RecordId) -> RecordDraft:
    facts = SlipFacts(
        enrolment_id=enrolment_id.value, slip="A", copy_number=1, result="printed", settled_ms=milliseconds(at)
    )
    return RecordDraft(RecordId.new(at), RecordKind.SLIP_OUTCOME, at, facts, None)


def _facts(at: datetime) -> EnrolmentFacts:
    shown = TextShown(
        text_id="notice",
        version="1",
        language="fr",
        sha256=hashlib.sha256(b"words").digest(),
        shown_ms=milliseconds(at - timedelta(seconds=40)),
        seconds_shown=25,
    )
    return EnrolmentFacts(
        traits=Traits(
            nir=NIR.compact,
            ins_oid="1.2.250.1.213.1.4.10",
            family_name=FAMILY_NAME,
            given_name="MARIE-HÉLÈNE",
            birth_date="19900312",
            position=1,
        ),
        card=CardEvidence(family="vitale_2", atr=bytes(10), identity_file=FAMILY_NAME.encode("latin-1") * 8),
        contact=Contact(email=EMAIL, mobile=MOBILE),
        notice=shown,
        answers=tuple(
            Answer(question=question, accepted=True, shown=shown, answered_ms=milliseconds(at)) for question in Question
        ),
        identity_check=IdentityCheck(
            operator="AGENT-01", role="agent", method="id_card", statement=shown, checked_ms=milliseconds(at)
        ),
        activation_slip=True,
    )
