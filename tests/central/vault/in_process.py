"""Central's hand-over to a vault of the same process: the real worker and the real doors, no wire between them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from central.handover.link import VaultLink
from central.handover.worker import HandOverParts, HandOverWorker
from central.keys import CentralKeys
from tests.central.vault.site import VaultSite
from wire.trust import KeyUse


@dataclass(frozen=True)
class InProcessLink(VaultLink):
    """Central's line to the vault, without a socket."""

    vault: VaultSite

    def hand_over(self, request: bytes) -> bytes:
        return self.vault.post("/v1/hand-over", request).data

    def events(self, query: bytes) -> bytes:
        return self.vault.post("/v1/events", query).data


def worker_to(
    vault: VaultSite, engine: Engine, keys: CentralKeys, clock: Callable[[], datetime], *, shards: int = 1
) -> HandOverWorker:
    """Central's worker; its keys are of the vault's programme."""
    answer_key = vault.bundle.verifying_key(KeyUse.VAULT_ANSWER)
    return HandOverWorker(HandOverParts(engine, InProcessLink(vault), keys.hand_over, answer_key, clock, shards))


def hand_over_all(worker: HandOverWorker, between: Callable[[], object] = lambda: None) -> None:
    """Until central has nothing more for the vault, and the vault nothing more to tell."""
    while worker.round().was_busy:
        between()
