"""An anchor that somebody kept finds out whoever rewrote a chain together with its head."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import text

from central.anchors.models import anchors
from central.anchors.service import anchor, faults, holds, write_out
from central.anchors.worker import AnchorWorker
from central.chains import FIRST_LINK as START
from central.chains import ChainName, Head, extend, move_head
from central.engine import in_transaction, reading, writing
from central.ledger.models import ledger_entries
from central.ledger.service import content_of
from tests.central.money_rig import MoneyRig
from wire.errors import SignatureError

KEY = Ed25519PrivateKey.generate()


def make(money: MoneyRig) -> bytes:
    return in_transaction(money.engine, lambda connection: anchor(connection, KEY, now_ms=money.now_ms))[1]


def broken(money: MoneyRig) -> list[int]:
    with reading(money.engine) as connection:
        return faults(connection, KEY.public_key())


def test_an_anchor_holds_while_chains_grow(money: MoneyRig) -> None:
    terminal = money.terminal()
    kept = make(money)
    money.enrol(terminal, 1)
    second = make(money)
    money.enrol(terminal, 2)
    assert broken(money) == []
    with reading(money.engine) as connection:
        assert holds(connection, kept, KEY.public_key())
        assert holds(connection, second, KEY.public_key())


def test_a_chain_rewritten_with_its_head_passes_its_own_check_and_not_the_anchor(money: MoneyRig) -> None:
    money.enrol(money.terminal(), 1)
    kept = make(money)
    with writing(money.engine) as connection:
        connection.execute(text("UPDATE ledger_entries SET office_id = 'PHARMACIE-2'"))
        row = connection.execute(ledger_entries.select()).mappings().one()
        [forged] = extend(Head(0, START), [content_of(row)])
        connection.execute(ledger_entries.update().values(entry_hash=forged))
        move_head(connection, ChainName.LEDGER, 0, Head(1, forged))
    report = money.recount()
    assert all(chain.broken_at is None for chain in report.chains)
    assert report.broken_anchors == (1,)
    assert any("anchor 1" in line for line in report.lines())
    with reading(money.engine) as connection:
        assert not holds(connection, kept, KEY.public_key())


def test_an_anchor_names_the_one_before(money: MoneyRig) -> None:
    for _ in range(3):
        make(money)
    with writing(money.engine) as connection:
        connection.execute(text("DELETE FROM anchors WHERE number = 2"))
    assert broken(money) == [3]


def test_an_anchor_of_another_key_is_none(money: MoneyRig) -> None:
    document = make(money)
    with reading(money.engine) as connection, pytest.raises(SignatureError):
        holds(connection, document, Ed25519PrivateKey.generate().public_key())


def test_an_anchor_is_never_written_over_another(tmp_path: Path) -> None:
    path = write_out(tmp_path, 1, b"one")
    assert write_out(tmp_path, 1, b"one") == path
    with pytest.raises(FileExistsError):
        write_out(tmp_path, 1, b"two")


def test_the_worker_anchors_when_an_hour_has_passed(money: MoneyRig, tmp_path: Path) -> None:
    worker = AnchorWorker(money.engine, KEY, tmp_path / "anchors", lambda: money.now)
    assert worker.round() == 1
    money.now += timedelta(minutes=59)
    assert worker.round() is None
    money.now += timedelta(minutes=1)
    assert worker.round() == 2
    assert [path.name for path in sorted((tmp_path / "anchors").iterdir())] == [
        "anchor-00000001.signed",
        "anchor-00000002.signed",
    ]


def test_a_round_that_fails_is_tried_again(money: MoneyRig, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    stop = threading.Event()

    def clock() -> object:
        stop.set()
        raise OSError("no clock")

    worker = AnchorWorker(money.engine, KEY, tmp_path, clock, round_s=0)  # type: ignore[arg-type]
    with caplog.at_level(logging.WARNING):
        worker.run(stop)
    assert "anchor put off: OSError" in caplog.text
    assert money.rows(anchors) == []
