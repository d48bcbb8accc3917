"""The two documents a terminal keeps fresh, trust bundle and configuration: when it asks, and with which ETag."""

from __future__ import annotations

from datetime import UTC, datetime

from bench.opening.asking import OK, Asker, Surroundings
from bench.opening.line import LIMITS
from bench.opening.tally import Request
from kiosk.sync.refresh import RefreshPace
from tests.fakes.terminal import FakeTerminal
from wire.configuration import Condition, ConfigurationQuery, open_configuration, write_configuration_query
from wire.identifiers import milliseconds
from wire.trust import KeyUse, open_bundle

PACE = RefreshPace()
"""The field's."""

_WELL = Condition(faults=(), enrols=True)


class Documents:
    """As :class:`kiosk.sync.refresh.Refresher` has it: the trust bundle seldom, the configuration each minute."""

    def __init__(self, made: FakeTerminal, asker: Asker, around: Surroundings) -> None:
        self._made = made
        self._asker = asker
        self._around = around
        self._trust_etag: str | None = None
        self._configuration_etag: str | None = None
        self._trust_due_s = 0.0
        self.due_s = 0.0

    @property
    def has_configuration(self) -> bool:
        """Whether a configuration was ever taken over."""
        return self._configuration_etag is not None

    async def refresh(self, now_s: float) -> None:
        """Ask for what is due, by the terminal's clock."""
        if now_s < self.due_s:
            return
        spread = 0.5 + self._around.chance.random() / 2
        self.due_s = now_s + PACE.configuration_s * spread
        if now_s >= self._trust_due_s and await self._ask_trust():
            self._trust_due_s = now_s + PACE.trust_s * spread
        await self._ask_configuration()

    async def _ask_trust(self) -> bool:
        held = self._trust_etag
        reply = await self._asker.ask(
            Request.TRUST, lambda line: line.get("/v1/trust", held, within_s=LIMITS.exchange_s)
        )
        if reply is None:
            return False
        if reply.status == OK:
            root, now = self._around.root, datetime.now(UTC)
            if self._asker.believe(Request.TRUST, lambda: open_bundle(reply.body, root, now=now)) is None:
                return False
            self._trust_etag = reply.etag
        return True

    async def _ask_configuration(self) -> None:
        made = self._made
        asked_ms = milliseconds(datetime.now(UTC))
        query = ConfigurationQuery(
            terminal=made.name, asked_ms=asked_ms, held=self._configuration_etag, condition=_WELL
        )
        document = write_configuration_query(query, made.key)
        reply = await self._asker.ask(
            Request.CONFIGURATION,
            lambda line: line.post("/v1/configuration", document, within_s=LIMITS.exchange_s),
        )
        if reply is None or reply.status != OK:
            return
        answer_key = self._around.trust.verifying_key(KeyUse.ANSWER)
        opened = self._asker.believe(
            Request.CONFIGURATION, lambda: open_configuration(reply.body, answer_key, terminal=made.name)
        )
        if opened is not None:
            self._configuration_etag = reply.etag
