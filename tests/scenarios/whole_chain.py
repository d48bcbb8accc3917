"""The real central and the real vault behind one terminal, in this process and on its clock, for long runs.

Central's intake, ledger and outbox and the vault's hand-over and guard are the product's, each over its own database;
what a terminal asks beside sending (documents, status, one-time codes) the simulated central answers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from central.devices.models import devices
from central.engine import writing
from central.enrolments.models import dossiers
from central.intake.models import records
from central.keys import load_keys
from central.vault.models import SlipState, slips
from kiosk.enrolment.steps import JourneyKind
from provisioning.keys import load_sealing_key, load_signing_key
from provisioning.private_files import Owner
from tests.central.intake_rig import PHARMACY, IntakeRig
from tests.central.vault.in_process import hand_over_all, worker_to
from tests.central.vault.site import VaultSite
from tests.fakes.central_simulator import CentralSimulator
from tests.fakes.programme import PRESENT, TERMINAL, Programme
from tests.scenarios.script import Site
from tests.scenarios.surroundings import Surroundings
from wire.codes import ActivationCode
from wire.dossier_keys import code_key
from wire.identifiers import RecordId, milliseconds
from wire.records import Channel, SubChannel
from wire.trust import KeyUse

OFFICE = {"office": PHARMACY, "channel": Channel.PHARMACY, "sub_channel": SubChannel.COUNTER}
_ROOT = "root.key"
_ROUNDS_AT_MOST = 200  # the guard takes so many new codes a round


@dataclass
class IntakeBehind(CentralSimulator):
    """The simulated central whose batches go to a real intake."""

    intake: IntakeRig | None = None

    def take(self, batch: bytes) -> bytes:
        assert self.intake is not None
        return self.intake.intake.receive(batch, now=self.now)


@dataclass(frozen=True, slots=True)
class CodeOnPaper:
    """A code that somebody may read; ``is_whole``: on a slip that came out whole."""

    locator: str
    code: str
    is_whole: bool


@dataclass
class WholeChain:
    """``around`` is the terminal's world with the real central in it. ``site`` must be a counter."""

    folder: Path
    home: Path
    site: Site = field(default_factory=lambda: Site(place=JourneyKind.COUNTER))

    def __post_init__(self) -> None:
        self.vault = VaultSite(self.folder / "programme")
        self.vault.clock.now = PRESENT
        keys = load_keys(self.vault.programme.central.folder, now=PRESENT)
        self.central = IntakeRig(self.folder / "central", keys=keys)
        _with_a_small_cache(self.central.engine)
        programme = self._programme()
        self._register(programme)
        self.around = Surroundings(self.home, self.site, programme, office=OFFICE)
        self.around.central = IntakeBehind(
            programme,
            bundle=(self.vault.home / "trust.bundle").read_bytes(),
            configuration_document=self.around.central.configuration_document,
            intake=self.central,
        )
        self._worker = worker_to(self.vault, self.central.engine, keys, self.vault.clock, shards=self.central.shards)

    def close(self) -> None:
        """Let go of both databases."""
        self.central.close()
        self.vault.close()

    def hand_over(self) -> None:
        """Until the vault has all and its guard has nothing left to do."""
        self.vault.clock.now = self.around.central.now
        hand_over_all(self._worker, lambda: self.vault.clock.pass_by(seconds=1))
        for _ in range(_ROUNDS_AT_MOST):
            self.vault.clock.now += timedelta(minutes=10)
            self.vault.guard()
            if not any(row["state"] == SlipState.WAITING_GUARD.value for row in self.vault.rows(slips)):
                return
        raise AssertionError("the guard has not done with the new codes")

    # What there is at the end

    def records_at_central(self) -> int:
        return self.central.count(records)

    def dossiers(self) -> int:
        return self.central.count(dossiers)

    def wrong_codes(self, papers: Iterable[CodeOnPaper]) -> list[str]:
        """What is wrong with the codes that people have: nothing when each is live or void as it should be.

        A whole slip's code is the one of its record; the newest of a dossier is live and every older one void. A torn
        slip's code is live only while nobody asked for another (its printer said nothing, and the person kept it).
        """
        on_file = {row["locator"]: row for row in self.vault.rows(slips)}
        newest = {row["dossier_id"]: row["place"] for row in sorted(on_file.values(), key=lambda row: row["place"])}
        wrong = []
        for paper in papers:
            row = on_file.get(paper.locator)
            if row is None:
                wrong.append("a code that no record asked for")
                continue
            key = code_key(ActivationCode.parse(paper.code), RecordId(row["record_id"]))
            is_newest = row["place"] == newest[row["dossier_id"]]
            if key.public_key().public_bytes_raw() != row["code_public"]:
                wrong.append("a code that is not its record's")
            if row["state"] != ("live" if is_newest else "void"):
                wrong.append(f"{row['state']}, newest: {is_newest}, whole: {paper.is_whole}")
        return wrong

    def _programme(self) -> Programme:
        made, owner = self.vault.programme, Owner.current()
        sealing = (KeyUse.INTAKE, KeyUse.VAULT, KeyUse.BREAK_GLASS, KeyUse.CENTRE_15, KeyUse.RECOVERY)
        signing = (KeyUse.ANSWER, KeyUse.HAND_OVER, KeyUse.VAULT_ANSWER)
        return Programme(
            root=load_signing_key(made.root.folder / _ROOT, owner),
            sealing={use: load_sealing_key(made.key_path(use), owner) for use in sealing},
            signing={use: load_signing_key(made.key_path(use), owner) for use in signing},
        )

    def _register(self, programme: Programme) -> None:
        row = {
            "terminal_id": TERMINAL,
            "office_id": PHARMACY,
            "channel": Channel.PHARMACY.value,
            "sub_channel": SubChannel.COUNTER.value,
            "state": "registered",
            "public_key": programme.device.public,
            "registered_ms": milliseconds(PRESENT - timedelta(hours=1)),
        }
        with writing(self.central.engine) as connection:
            connection.execute(devices.insert(), row)


def _with_a_small_cache(engine: Engine) -> None:
    """Central caches up to 64 MB of its database a connection: a run that looks for growth would see nothing else."""

    def connected(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA cache_size = -2048").close()

    event.listen(engine, "connect", connected)
    engine.dispose()
