"""Somebody who holds a registered terminal's key and writes what they like: the worst that a terminal can do."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx2
import msgspec

from kiosk.sync.keys import DeviceKey, open_root_key
from tests.town.town import Stand, Town
from wire import homes
from wire.batch import BatchAnswer, RecordOutcome, open_answer
from wire.canonical import encode
from wire.facts import Administrative
from wire.identifiers import RecordId, TerminalId, milliseconds
from wire.records import Routing, first_link, record_hash, sha256, write_record
from wire.sealing import SealPurpose, seal
from wire.trust import KeyUse, TrustBundle, open_bundle
from wire.vault_parts import VaultPart


@dataclass(slots=True)
class Forger:
    """Writes records into a terminal's chain from its beginning; the terminal itself must not have written any."""

    town: Town
    stand: Stand
    sequence: int = 0
    head: bytes = field(init=False)
    key: DeviceKey = field(init=False)
    trust: TrustBundle = field(init=False)

    def __post_init__(self) -> None:
        home = self.town.folder / self.stand.folder
        self.key = DeviceKey.open(home / homes.DEVICE_KEY)
        root = open_root_key(home / homes.ROOT_PUBLIC)
        self.trust = open_bundle((home / homes.TRUST_BUNDLE).read_bytes(), root, now=datetime.now(UTC))
        self.head = first_link(self.terminal)

    @property
    def terminal(self) -> TerminalId:
        """The terminal whose key it is."""
        return TerminalId(self.stand.terminal)

    def record(
        self,
        kind: str,
        administrative: Administrative | None = None,
        vault: VaultPart | None = None,
        *,
        record_id: RecordId | None = None,
        **routing: Any,
    ) -> bytes:
        """The next record of the chain; ``routing`` overrides any field of it."""
        at = datetime.now(UTC)
        name = record_id or RecordId.new(at)
        sealed = vault_sealed = None
        if administrative is not None:
            key = self.trust.sealing_key(KeyUse.INTAKE)
            sealed = seal(encode(administrative), key, SealPurpose.ADMINISTRATIVE, name, self.terminal)
        if vault is not None:
            key = self.trust.sealing_key(KeyUse.VAULT)
            vault_sealed = seal(encode(vault), key, SealPurpose.VAULT_PART, name, self.terminal)
        self.sequence += 1
        fields: dict[str, Any] = {
            "record_id": name.value,
            "kind": kind,
            "terminal": self.terminal,
            "office": self.stand.office,
            "channel": "pharmacy" if self.stand.kind == "pharmacy" else "desk",
            "sub_channel": "counter" if self.stand.kind == "pharmacy" else "hall_terminal",
            "sequence": self.sequence,
            "captured_ms": milliseconds(at),
            "previous_hash": self.head,
            "administrative_hash": None if sealed is None else sha256(sealed),
            "vault_hash": None if vault_sealed is None else sha256(vault_sealed),
        }
        made = Routing(**{**fields, **routing})
        self.head = record_hash(encode(made))
        return write_record(made, sealed, vault_sealed)

    def send(self, *records: bytes) -> list[RecordOutcome]:
        """Sign, send, and read central's answer."""
        body = self.key.batch(self.terminal, records, sent_ms=milliseconds(datetime.now(UTC)))
        answer = self.post(body)
        assert answer.status_code == 200, answer.text[:300]
        opened: BatchAnswer = open_answer(
            answer.content, self.trust.verifying_key(KeyUse.ANSWER), terminal=self.terminal, batch=body
        )
        return list(opened.outcomes)

    def post(self, body: bytes, path: str = "/v1/batches") -> httpx2.Response:
        """Send bytes as they are."""
        headers = {"Content-Type": "application/octet-stream"}
        return httpx2.post(self.town.central.address + path, content=body, headers=headers, trust_env=False, timeout=30)


def without(facts: Any, **changes: Any) -> Any:
    """Facts with some of them changed."""
    return msgspec.structs.replace(facts, **changes)
