"""Makes the published vectors of wire/ under tests/vectors/wire; run it again and nothing may change.

The sealed parts are made by pyhpke, an implementation that is not ours, with a fixed ephemeral key: so the vectors are
stable, and opening them with wire.sealing is a cross-check. Everything else is deterministic by itself (Ed25519 is).
All persons are fictitious, all keys are derived from words and protect nothing.

    python tests/vectors/make_wire_vectors.py [folder]
"""

from __future__ import annotations

import hashlib
import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from pyhpke import AEADId, CipherSuite, KDFId, KEMId

from wire.batch import BatchAnswer, Outcome, RecordOutcome, write_answer, write_batch
from wire.canonical import encode
from wire.codes import ActivationCode, Locator
from wire.dossier_keys import code_key
from wire.evidence import (
    Answer,
    CardEvidence,
    Contact,
    IdentityCheck,
    Measure,
    NamedPerson,
    Question,
    Representation,
    TextShown,
    Traits,
)
from wire.facts import (
    ClosureFacts,
    CodeReissueFacts,
    ConsentChangeFacts,
    ContactChangeFacts,
    EnrolmentFacts,
    OppositionFacts,
    PendingInsFacts,
    ReactivationFacts,
)
from wire.identifiers import RecordId, TerminalId, milliseconds
from wire.nir import key_of
from wire.records import Routing, first_link, record_hash, sha256, write_record
from wire.sealing import SealPurpose, key_id
from wire.signing import SigningPurpose, sign
from wire.trust import KeyUse, write_bundle
from wire.vault_parts import VaultChange, VaultPart

AT = datetime(2018, 11, 6, 9, 30, tzinfo=UTC)
TERMINAL = TerminalId("TERM-VECTOR-1")
ASKED = (Question.CREATION, Question.BREAK_GLASS, Question.CENTRE_15)
BODIES = [
    "185027505612340", "290036938104548", "285022A00400180", "153122B03300739", "165082000401796",
    "170059935007833", "265129913901243", "290119741105265", "160209935200104", "275639934101925",
    "185027505606697", "285027505600709", "255081416802538", "713490000012362",
]  # fmt: skip
REFUSED = [
    ["185027505612341", "nir_key"], ["255081416802500", "nir_key"], ["185137505612301", "nir_shape"],
    ["285022A00400153", "nir_key"], ["12345", "nir_length"], ["9850275056123 40", "nir_shape"],
    ["1850275056123\u0664\u0660", "nir_key"],
]  # fmt: skip


def word(name: str, length: int = 32) -> bytes:
    """Bytes derived from a word."""
    return hashlib.shake_128(name.encode()).digest(length)


def seal_independently(
    plaintext: bytes, to: X25519PrivateKey, purpose: SealPurpose, record: RecordId, name: str
) -> bytes:
    """The sealed form of wire/sealing.py, written again from docs/wire.md on top of pyhpke."""
    suite = CipherSuite.new(KEMId.DHKEM_X25519_HKDF_SHA256, KDFId.HKDF_SHA256, AEADId.AES256_GCM)
    info = b"dmp-seal" + bytes([1, 1, purpose]) + record.value + TERMINAL.encode()
    public = to.public_key()
    recipient = suite.kem.deserialize_public_key(public.public_bytes_raw())
    ephemeral = suite.kem.derive_key_pair(word("ephemeral " + name))
    enc, context = suite.create_sender_context(recipient, info=info, eks=ephemeral)
    return bytes([1, 1]) + key_id(public) + enc + context.seal(plaintext)


def facts() -> EnrolmentFacts:
    """The administrative part of a fictitious enrolment."""
    shown = TextShown(text_id="notice", version="1", language="fr", sha256=word("notice"), shown_ms=milliseconds(AT))
    return EnrolmentFacts(
        traits=Traits(
            nir="290036938104548", ins_oid="1.2.250.1.213.1.4.10", family_name="SPÉCIMEN", given_name="LÉA",
            birth_date="19900315", position=0, country="FRA",
        ),
        card=CardEvidence(family="vitale_2", atr=bytes.fromhex("3b7513000045 09ea9000"), identity_file=b"\x65\x00"),
        contact=Contact(email="lea@exemple.fr"),
        notice=shown,
        answers=tuple(
            Answer(question=question, accepted=question is not Question.CENTRE_15, shown=shown,
                   answered_ms=milliseconds(AT))
            for question in ASKED
        ),
        identity_check=IdentityCheck(
            operator="PHARMA-01", role="pharmacist", method="pin", statement=shown, checked_ms=milliseconds(AT)
        ),
        activation_slip=True,
    )  # fmt: skip


def answers(**given: bool) -> tuple[Answer, ...]:
    """Answers by the question's word."""
    shown = facts().notice
    return tuple(
        Answer(question=Question(word), accepted=yes, shown=shown, answered_ms=milliseconds(AT))
        for word, yes in given.items()
    )


def returning() -> dict[str, Any]:
    """The facts of every kind that follows an enrolment, and what two of them seal to the vault."""
    first = facts()
    who = {"traits": first.traits, "card": first.card, "identity_check": first.identity_check}
    told = {"contact": first.contact, "notice": first.notice}
    accesses = {"break_glass": False, "centre_15": True}
    mother = NamedPerson(family_name="SPÉCIMEN", given_name="ROSE", birth_date="19650101", position=0)
    child = NamedPerson(family_name="SPÉCIMEN", given_name="TOM", birth_date="20140315", position=1)
    acting = Representation(measure=Measure.PARENTAL, quality="MTH", representative=mother)
    heard = answers(creation=True, **accesses, declaration=True, heard=True)
    kinds: dict[str, Any] = {
        "reactivation": ReactivationFacts(
            **who, **told, answers=answers(reactivation=True, **accesses), activation_slip=True, alerts="first_access"
        ),
        "code_reissue": CodeReissueFacts(**who, copy_number=2),
        "consent_change": ConsentChangeFacts(**who, answers=answers(**accesses)),
        "contact_change": ContactChangeFacts(**who, contact=Contact(mobile="+33612345678"), alerts="none"),
        "closure_request": ClosureFacts(**who, answers=answers(closure=True, deletion=False)),
        "opposition": OppositionFacts(**who, answers=answers(opposition=True)),
        "pending_ins": PendingInsFacts(
            person=child, ins_oid=first.traits.ins_oid, card=first.card, **told, answers=heard,
            identity_check=first.identity_check, representation=acting,
        ),
    }  # fmt: skip
    reissue = VaultChange(locator=Locator.new(word("locator", 5)).value, code_public=word("new code"), language="fr")
    return {
        "facts": {kind: encode(made).hex() for kind, made in kinds.items()},
        "vault_changes": {
            "code_reissue": encode(reissue).hex(),
            "consent_change": encode(VaultChange(break_glass=False, centre_15=True)).hex(),
            "closure_request": encode(VaultChange(is_closed=True)).hex(),
        },
    }


def vault_part(record: RecordId) -> VaultPart:
    """The vault part that belongs to it: centre 15 was refused, so that wrap was never made."""
    dossier = X25519PrivateKey.from_private_bytes(word("dossier"))
    code = ActivationCode(word("code", 10))
    patient = code_key(code, record)

    def wrap(key: X25519PrivateKey, purpose: SealPurpose) -> bytes:
        return seal_independently(dossier.private_bytes_raw(), key, purpose, record, purpose.name)

    return VaultPart(
        dossier_public=dossier.public_key().public_bytes_raw(),
        wrap_recovery=wrap(X25519PrivateKey.from_private_bytes(word("recovery")), SealPurpose.WRAP_RECOVERY),
        locator=Locator.new(word("locator", 5)).value,
        code_public=patient.public_key().public_bytes_raw(),
        wrap_patient=wrap(patient, SealPurpose.WRAP_PATIENT),
        wrap_break_glass=wrap(X25519PrivateKey.from_private_bytes(word("glass")), SealPurpose.WRAP_BREAK_GLASS),
    )


def records() -> tuple[list[bytes], RecordId]:
    """An enrolment and the refusal after it, as a terminal's first two records."""
    record = RecordId.new(AT, word("record", 10))
    intake = X25519PrivateKey.from_private_bytes(word("intake"))
    vault = X25519PrivateKey.from_private_bytes(word("vault"))
    administrative = seal_independently(encode(facts()), intake, SealPurpose.ADMINISTRATIVE, record, "administrative")
    part = seal_independently(encode(vault_part(record)), vault, SealPurpose.VAULT_PART, record, "vault part")
    place: dict[str, Any] = {"terminal": TERMINAL, "office": "PHARMACIE-VECTOR", "channel": "pharmacy",
                             "sub_channel": "counter"}  # fmt: skip
    enrolment = Routing(
        record_id=record.value, kind="enrolment", sequence=1, captured_ms=milliseconds(AT),
        previous_hash=first_link(TERMINAL), floor_ms=milliseconds(AT - timedelta(hours=1)), since_floor_ms=3_600_000,
        administrative_hash=sha256(administrative), vault_hash=sha256(part), **place,
    )  # fmt: skip
    hour = AT.replace(minute=0)
    refusal = Routing(
        record_id=RecordId.new(hour, word("refusal", 10)).value, kind="refusal", sequence=2,
        captured_ms=milliseconds(hour), previous_hash=record_hash(encode(enrolment)), **place,
    )  # fmt: skip
    return [write_record(enrolment, administrative, part), write_record(refusal, None, None)], record


def messages() -> dict[str, Any]:
    """Records, the batch that carries them and central's answer."""
    device = Ed25519PrivateKey.from_private_bytes(word("device"))
    answering = Ed25519PrivateKey.from_private_bytes(word("answer"))
    raw, record = records()
    batch = write_batch(TERMINAL, raw, device, sent_ms=milliseconds(AT + timedelta(minutes=1)))
    from wire.batch import read_batch  # noqa: PLC0415 - only here, to name the batch in the answer

    taken = read_batch(batch)
    answer = BatchAnswer(
        terminal=TERMINAL, batch_digest=taken.digest, server_ms=milliseconds(AT + timedelta(minutes=2)),
        outcomes=tuple(
            RecordOutcome(record_hash=item.hash, outcome=Outcome.DURABLE_NEW)  # type: ignore[union-attr]
            for item in taken.items
        ),
    )  # fmt: skip
    return {
        "terminal": TERMINAL, "record_id": record.value.hex(), "at": AT.isoformat(),
        "facts": encode(facts()).hex(), "vault_part": encode(vault_part(record)).hex(),
        "records": [one.hex() for one in raw], "batch": batch.hex(), "answer": write_answer(answer, answering).hex(),
        "device_public": device.public_key().public_bytes_raw().hex(),
        "answer_public": answering.public_key().public_bytes_raw().hex(),
        "private": {name: word(name).hex() for name in ("intake", "vault", "recovery", "glass", "dossier")},
        "code": ActivationCode(word("code", 10)).grouped(),
    }  # fmt: skip


def bundle() -> dict[str, Any]:
    """A trust bundle and its root."""
    root = Ed25519PrivateKey.from_private_bytes(word("root"))
    keys = {use: word(use.value) for use in KeyUse}
    document = write_bundle(keys, root, serial=3, valid_from=AT, valid_until=AT + timedelta(days=365))
    return {
        "document": document.hex(), "root_public": root.public_key().public_bytes_raw().hex(),
        "keys": {use.value: key.hex() for use, key in keys.items()}, "at": AT.isoformat(),
    }  # fmt: skip


def seals() -> list[dict[str, str]]:
    """A sealed text for each purpose."""
    key = X25519PrivateKey.from_private_bytes(word("recipient"))
    record = RecordId.new(AT, word("seal", 10))
    return [
        {
            "purpose": purpose.name, "record_id": record.value.hex(), "terminal": TERMINAL,
            "private": word("recipient").hex(), "plaintext": word(purpose.name, 40).hex(),
            "sealed": seal_independently(word(purpose.name, 40), key, purpose, record, purpose.name).hex(),
        }
        for purpose in SealPurpose
    ]  # fmt: skip


def signatures() -> list[dict[str, str]]:
    """A signature for each purpose."""
    key = Ed25519PrivateKey.from_private_bytes(word("signer"))
    return [
        {
            "purpose": purpose.name, "payload": word(purpose.name, 24).hex(),
            "public": key.public_key().public_bytes_raw().hex(),
            "signature": sign(purpose, word(purpose.name, 24), key).hex(),
        }
        for purpose in SigningPurpose
    ]  # fmt: skip


def codes() -> dict[str, Any]:
    """Locators and codes as printed."""
    return {
        "codes": [{"secret": word(f"code {n}", 10).hex(), "printed": ActivationCode(word(f"code {n}", 10)).grouped()}
                  for n in range(5)],
        "locators": [{"entropy": noise.hex(), "printed": Locator.new(noise).grouped()}
                     for noise in (word(f"locator {n}", 5) for n in range(3))],
    }  # fmt: skip


def all_vectors() -> dict[str, Any]:
    """File name to content."""
    return {
        "nir.json": {"valid": [[text, key_of(text[:13])] for text in BODIES], "refused": REFUSED},
        "codes.json": codes(),
        "seals.json": seals(),
        "signatures.json": signatures(),
        "messages.json": messages(),
        "returning.json": returning(),
        "trust.json": bundle(),
    }


def write(folder: Path) -> None:
    """Write every file."""
    for name, content in all_vectors().items():
        (folder / name).write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "wire")
