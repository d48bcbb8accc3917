"""Where and under which rules the facts of a terminal take effect: read in the transaction that will write them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from sqlalchemy import Connection

from central.automatic.book import opposed
from central.devices import registry
from central.devices.registry import Device
from central.intake.opening import Opened
from central.intake.planning import place_of
from central.intake.sheet import Scene
from central.keys import CentralKeys
from central.ledger.months import open_from
from central.ledger.rules import Rules
from central.proofs.book import Claim, proved
from central.proofs.codes import ProofSecret
from wire.configuration import Regime
from wire.errors import TrustError
from wire.evidence import Contact
from wire.facts import ContactChangeFacts, EnrolmentFacts, PendingInsFacts, ReactivationFacts
from wire.proofs import ContactKind
from wire.trust import KeyUse

_WITH_CONTACT = (EnrolmentFacts, ReactivationFacts, ContactChangeFacts, PendingInsFacts)


@dataclass(frozen=True, slots=True)
class Stage:
    """What is the same for every batch: rates, regime, the key behind proofs, the host's public key."""

    rules: Rules
    regime: Regime
    proofs: ProofSecret
    vault: X25519PublicKey | None

    @classmethod
    def of(cls, keys: CentralKeys, rules: Rules, regime: Regime) -> Stage:
        """Of central's keys and settings."""
        try:
            vault = keys.trust.sealing_key(KeyUse.VAULT)
        except TrustError:
            vault = None
        return cls(rules, regime, ProofSecret.of(keys), vault)

    def scene(
        self,
        connection: Connection,
        device: Device,
        opened: Iterable[Opened],
        *,
        now_ms: int,
        actor: str | None = None,
        person: bytes | None = None,
    ) -> Scene:
        """The scene for these records of one terminal; ``person`` is one whose number stands in none of them."""
        those = list(opened)
        opts_out = self.regime is Regime.OPT_OUT
        persons = {one.person for one in those if one.person is not None} | ({person} if person else set())
        return Scene(
            place=place_of(device),
            actor=actor or f"terminal:{device.terminal_id}",
            received_ms=now_ms,
            rules=self.rules,
            attestors=registry.attestors(connection, device.office_id),
            proved=proved(
                connection, self.proofs, chain.from_iterable(map(_claims, those)), terminal_id=device.terminal_id
            ),
            opposed=opposed(connection, persons) if opts_out else frozenset(),
            booking_from_ms=open_from(connection),
            opts_out=opts_out,
            vault=self.vault,
        )


def _claims(opened: Opened) -> Iterator[Claim]:
    """The proofs that a record says it has, with what they would prove."""
    if opened.quarantine is not None or not isinstance(opened.facts, _WITH_CONTACT):
        return
    contact: Contact = opened.facts.contact
    if contact.email is not None and contact.email_proof is not None:
        yield ContactKind.EMAIL, contact.email_proof, contact.email
    if contact.mobile is not None and contact.mobile_proof is not None:
        yield ContactKind.MOBILE, contact.mobile_proof, contact.mobile
