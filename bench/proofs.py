"""How long a one-time code takes at central: with a mail server that answers, and with one that never does.

Inside: the desk from the signed question to the signed answer (SQLite FULL, audit, two transactions), and SMTP to
aiosmtpd on loopback. Not inside: HTTP (a few ms), and what a provider and the way to it add, which is up to the
deadline of central/messaging/settings.py; the second half shows that it holds.
"""

from __future__ import annotations

import logging
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from bench.figures import Figure, percentile, table
from central.messaging.messenger import messenger_from
from central.messaging.settings import MessagingSettings, messaging_settings
from central.proofs.service import ProofDesk
from tests.central.intake_rig import ARRIVAL, IntakeRig
from tests.fakes.mail_server import mail_server, silent_server
from tests.fakes.terminal import FakeTerminal
from wire.identifiers import RecordId, TerminalId
from wire.proofs import CheckCode, ContactKind, ProofAnswer, ProofOutcome, SendCode, open_proof_answer, write_request

CODES = 50
CODE = "314159"
AT_ONCE = 4
PATIENCE_MS = 5000.0  # of a terminal


class Asking:
    """A desk over a mail server, and a terminal that asks it."""

    def __init__(self, rig: IntakeRig, terminal: FakeTerminal, port: int) -> None:
        self._rig = rig
        self._terminal = terminal
        messenger = messenger_from(_settings(port), clock=lambda: datetime.now(UTC), at_once=AT_ONCE)
        self._desk = ProofDesk(rig.engine, rig.keys, messenger, shards=1, make_code=lambda: CODE)

    def send(self, number: int) -> tuple[float, ProofAnswer]:
        """Ask for a code; milliseconds and the answer."""
        return self.ask(SendCode(contact=ContactKind.EMAIL, address=f"personne.{number}@exemple.fr", language="fr"))

    def ask(self, asked: SendCode | CheckCode) -> tuple[float, ProofAnswer]:
        """One question; milliseconds from its bytes to the answer's."""
        nonce, name, keys = RecordId.new(ARRIVAL), TerminalId(self._terminal.name), self._rig.keys
        body = write_request(asked, name, keys.intake.public_key(), self._terminal.key, at=ARRIVAL, nonce=nonce)
        began = time.perf_counter()
        document = self._desk.answer(body, now=ARRIVAL)
        spent_ms = (time.perf_counter() - began) * 1000
        return spent_ms, open_proof_answer(document, keys.answer.public_key(), terminal=name, nonce=nonce)


def run() -> list[Figure]:
    """All figures."""
    logging.getLogger("central.proofs.service").setLevel(logging.ERROR)  # half of this is about failures
    with _central() as (rig, terminal):
        return [*_answering(rig, terminal), *_hanging(rig, terminal)]


@contextmanager
def _central() -> Iterator[tuple[IntakeRig, FakeTerminal]]:
    with tempfile.TemporaryDirectory() as folder:
        rig = IntakeRig(Path(folder))
        try:
            yield rig, rig.terminal()
        finally:
            rig.close()


def _settings(port: int) -> MessagingSettings:
    given = {"CENTRAL_SMTP_URL": f"smtp://127.0.0.1:{port}", "CENTRAL_MAIL_FROM": "ne-pas-repondre@dmp.example"}
    return messaging_settings(given, "CENTRAL_")


def _answering(rig: IntakeRig, terminal: FakeTerminal) -> list[Figure]:
    sending, checking = [], []
    with mail_server() as mail:
        asking = Asking(rig, terminal, mail.port)
        for number in range(CODES):
            spent_ms, sent = asking.send(number)
            sending.append(spent_ms)
            spent_ms, checked = asking.ask(CheckCode(proof=sent.proof or b"", code=CODE))
            checking.append(spent_ms)
            assert checked.outcome is ProofOutcome.PROVED
    return [
        Figure("code sent, 95th percentile", percentile(sending, 95), "ms", f"{CODES} e-mails, one after the other"),
        Figure("code checked, 95th percentile", percentile(checking, 95), "ms", "the right one"),
    ]


def _hanging(rig: IntakeRig, terminal: FakeTerminal) -> list[Figure]:
    with silent_server() as port, ThreadPoolExecutor() as people:
        asking = Asking(rig, terminal, port)
        waiting = [people.submit(asking.send, CODES + number) for number in range(AT_ONCE)]
        time.sleep(1)
        refused_ms, refused = asking.send(CODES + AT_ONCE)
        waited = [one.result() for one in waiting]
    assert {answer.outcome for _, answer in (*waited, (0, refused))} == {ProofOutcome.NOT_NOW}
    slowest = max(spent_ms for spent_ms, _ in waited)
    return [
        Figure("mail server hangs: a person waits", slowest, "ms", f"{AT_ONCE} at once", most=PATIENCE_MS),
        Figure("the next person meanwhile", refused_ms, "ms", "refused at once, the places are taken", most=1000.0),
    ]


if __name__ == "__main__":
    print(table(run()))
