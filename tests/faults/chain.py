"""A counter's session, central's intake and hand-over, the vault and its guard: all real, in one process, one clock."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from central.keys import load_keys
from kiosk.enrolment.ports import RecordDraft
from kiosk.enrolment.slip import LineRole, Slip, SlipKind
from kiosk.enrolment.steps import JourneyKind, Step
from tests.central.intake_rig import IntakeRig
from tests.central.vault.in_process import hand_over_all, worker_to
from tests.central.vault.site import VaultSite, state_of
from tests.fakes.enrolment_rig import EnrolmentRig
from tests.fakes.paper import READY
from wire.batch import Outcome
from wire.canonical import encode
from wire.codes import ActivationCode
from wire.identifiers import TerminalId
from wire.sealing import SealPurpose, seal
from wire.trust import KeyUse


class Chain:
    """``counter`` is the session; what it keeps goes to central with ``send``, on to the vault with ``hand_over``."""

    def __init__(self, folder: Path) -> None:
        self.vault = VaultSite(folder / "programme")
        now = self.vault.clock.now
        keys = load_keys(self.vault.programme.central.folder, now=now)
        self.central = IntakeRig(folder / "central", keys=keys)
        self.terminal = self.central.terminal(registered=now - timedelta(days=9), vault=self._key(KeyUse.VAULT))
        self.counter = self._session()
        self.worker = worker_to(self.vault, self.central.engine, keys, self.vault.clock, shards=self.central.shards)
        self._sent = 0

    def close(self) -> None:
        self.central.close()
        self.vault.close()

    # At the counter

    def up_to_the_paper(self, *coming: object) -> None:
        """One visit of the same person up to the printing; ``coming`` are the printer's answers."""
        rig = self.counter
        if rig.step is Step.DONE:
            rig.pull()
            rig.insert()
        rig.printer.coming = list(coming)  # type: ignore[arg-type]
        rig.go(Step.CONFIRM)
        rig.session.attesting.confirm(rig.touch())

    def print_again(self, *coming: object) -> None:
        self.counter.printer.coming = list(coming) or [READY]  # type: ignore[arg-type]
        self.counter.session.print_again(self.counter.touch())

    @property
    def codes(self) -> list[tuple[str, ActivationCode]]:
        """Locator and code of every slip B that the printer was given, oldest first."""
        return [_secrets_on(slip) for slip in self.counter.printer.given if slip.kind is SlipKind.ACTIVATION]

    # On the way

    def records(self) -> list[bytes]:
        """What the counter kept since it was asked last, sealed and chained."""
        drafts, self._sent = self.counter.store.drafts[self._sent :], len(self.counter.store.drafts)
        return [self._sealed(draft) for draft in drafts]

    def send(self, *records: bytes) -> list[tuple[Outcome, str | None]]:
        """One batch of these records: all that is new when none is named."""
        self.vault.clock.pass_by(seconds=1)
        return self.central.send(self.terminal, *(records or self.records()), at=self.vault.clock.now)

    def hand_over(self) -> None:
        """All that waits, a second a round."""
        hand_over_all(self.worker, lambda: self.vault.clock.pass_by(seconds=1))

    def activate(self, secret: tuple[str, ActivationCode]) -> str:
        """Somebody types locator and code at home, and chooses a passphrase; what the page says."""
        locator, code = secret
        return state_of(self.vault.activate(locator, code.grouped()))

    # Inside

    def _session(self) -> EnrolmentRig:
        rig = EnrolmentRig(JourneyKind.COUNTER)
        rig.clock.at = self.vault.clock.now
        rig.whereabouts.place = dataclasses.replace(
            rig.whereabouts.place, terminal=TerminalId(self.terminal.name), trust=self.vault.bundle
        )
        rig.session.tick()
        return rig

    def _sealed(self, draft: RecordDraft) -> bytes:
        facts = None if draft.administrative is None else encode(draft.administrative)
        part = None if draft.vault is None else encode(draft.vault)
        context = (draft.record_id, self.terminal.name)
        return self.terminal.record(
            draft.kind.value,
            draft.record_id,
            None if facts is None else seal(facts, self._key(KeyUse.INTAKE), SealPurpose.ADMINISTRATIVE, *context),
            None if part is None else seal(part, self._key(KeyUse.VAULT), SealPurpose.VAULT_PART, *context),
            at=draft.captured_at,
        )

    def _key(self, use: KeyUse) -> X25519PublicKey:
        return self.vault.bundle.sealing_key(use)


def _secrets_on(slip: Slip) -> tuple[str, ActivationCode]:
    groups = [line.text for line in slip.lines if line.role is LineRole.CODE]
    return groups[0], ActivationCode.parse("".join(groups[1:]))
