"""The database's shape, the HTTP service, and what runs beside it: hand-over to the vault, openings that are due."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from types import FrameType
from typing import NoReturn

import waitress

from central import schema
from central.app import create_app
from central.commands.anchors import make_anchor_worker
from central.commands.automatic import make_openings_worker
from central.commands.desk import Desk, Parsers, offer
from central.engine import make_engine
from central.handover.link import HttpVaultLink
from central.handover.worker import HandOverParts, HandOverWorker
from central.keys import load_keys
from central.partitions import offer_parts
from wire.trust import KeyUse

_PORT = 8100
# SQLite has one writer anyway, but a message may keep half of them waiting; more central is more gunicorn workers
# over PostgreSQL.
_THREADS = 8
_SPOOLED = 16 * 1024 * 1024  # bytes of a body that waitress takes in (on disk), so that the app can say why it refuses


def add_parsers(parsers: Parsers) -> None:
    """Offer the commands."""
    migrate = offer(parsers, "migrate", _migrate, help="make the database, or raise it to this release")
    migrate.add_argument("--revision", default="head", help="another revision than the newest")
    offer_parts(migrate)

    serve = offer(parsers, "serve", _serve, help="serve terminals and managers; hands over to the vault meanwhile")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=_PORT)
    serve.add_argument("--threads", type=int, default=_THREADS)
    serve.add_argument(
        "--no-worker",
        action="store_true",
        help="leave the hand-over and what opens by itself to processes of their own",
    )

    offer(parsers, "hand-over", _hand_over, help="the hand-over to the vault, and what opens by itself, until stopped")


def _migrate(desk: Desk, options: argparse.Namespace) -> int:
    engine = make_engine(desk.settings.database)
    try:
        schema.upgrade(engine, options.revision, parts=options.parts)
    finally:
        engine.dispose()
    desk.say("the database is at the newest shape" if options.revision == "head" else f"at {options.revision}")
    return 0


def _serve(desk: Desk, options: argparse.Namespace) -> int:
    app = create_app(desk.settings, clock=desk.clock, passwords=desk.passwords)
    stop = threading.Event()
    if not options.no_worker:
        for worker in (_make_worker(desk), make_openings_worker(desk), make_anchor_worker(desk)):
            threading.Thread(target=worker.run, args=(stop,), name=type(worker).__name__, daemon=True).start()
    signal.signal(signal.SIGTERM, _leave)
    try:
        waitress.serve(
            app,
            host=options.host,
            port=options.port,
            threads=options.threads,
            ident=None,
            max_request_body_size=_SPOOLED,
            # waitress would strip X-Forwarded-For; the app believes that of CENTRAL_TRUSTED_PROXIES alone.
            clear_untrusted_proxy_headers=False,
        )
    finally:
        stop.set()
    return 0


def _leave(_signal: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(0)  # waitress finishes what it is answering


def _hand_over(desk: Desk, _options: argparse.Namespace) -> int:
    stop = threading.Event()
    for asked_to_leave in (signal.SIGTERM, signal.SIGINT):
        signal.signal(asked_to_leave, lambda _signal, _frame: stop.set())
    for worker in (make_openings_worker(desk), make_anchor_worker(desk)):
        threading.Thread(target=worker.run, args=(stop,), name=type(worker).__name__, daemon=True).start()
    _make_worker(desk).run(stop)
    return 0


def _make_worker(desk: Desk) -> HandOverWorker:
    settings = desk.settings
    keys = load_keys(settings.home, now=desk.clock())
    vault_key = keys.trust.verifying_key(KeyUse.VAULT_ANSWER)
    link = HttpVaultLink(settings.vault_url)
    return HandOverWorker(HandOverParts(desk.engine, link, keys.hand_over, vault_key, desk.clock, settings.shards))
