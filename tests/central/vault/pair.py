"""Central and the vault of one programme, side by side in one process, and a counter that enrols."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from central.keys import load_keys
from tests.central.vault.in_process import hand_over_all, worker_to
from tests.central.vault.site import VaultSite
from tests.central.web_site import PHARMACY, CentralSite
from tests.fakes.terminal import FakeTerminal
from wire.canonical import encode
from wire.identifiers import RecordId
from wire.trust import KeyUse


@dataclass
class Pair:
    """Central and the vault of one programme, and a counter."""

    site: CentralSite
    vault: VaultSite
    terminal: FakeTerminal

    def hand_over(self) -> None:
        settings = self.site.settings
        keys = load_keys(settings.home, now=self.site.clock.now)
        hand_over_all(worker_to(self.vault, self.site.engine, keys, self.site.clock, shards=settings.shards))

    def enrol(self, person: int) -> RecordId:
        """Somebody enrols, and central hears of it."""
        self.site.clock.pass_by(minutes=5)
        enrolment = self.vault.enrol()
        self.terminal.enrol(
            person, record_id=enrolment.record_id, vault_part=encode(enrolment.part), at=self.site.clock.now
        )
        assert self.site.send(self.terminal).status_code == 200
        return enrolment.record_id


@contextmanager
def paired(site: CentralSite, folder: Path) -> Iterator[Pair]:
    """Beside a central that exists; closes the vault alone."""
    vault = VaultSite(folder / "programme", clock=site.clock)  # type: ignore[arg-type]
    site.fleet(PHARMACY)
    terminal = site.enrolling_terminal()
    terminal._vault = vault.bundle.sealing_key(KeyUse.VAULT)
    try:
        yield Pair(site, vault, terminal)
    finally:
        vault.close()
