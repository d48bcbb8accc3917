"""The vault's Flask app: parts joined, nothing decided."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime

from flask import Flask, render_template
from sqlalchemy import Engine

from central.messaging.messenger import messenger_from
from central.messaging.ports import Messenger
from central.observing import views as observing_views
from central.observing.metrics import Metrics
from central.observing.readiness import database_answers, has_room, holds, is_migrated
from central.vault import views
from central.vault.activation import ActivationDesk
from central.vault.contacts import Ways
from central.vault.db import check_revision, is_current, open_engine
from central.vault.errors import DatabaseError
from central.vault.events import EventsDesk
from central.vault.gauges import gauges
from central.vault.handover import HandOverDesk, HandOverParts
from central.vault.keys import VaultKeys, check_bundle, load_keys, load_root
from central.vault.objections import ObjectionDesk
from central.vault.second_factor import SecondFactorDesk
from central.vault.settings import VaultSettings
from central.vault.trust_file import TrustFile
from central.websafety import Safety, protect
from wire import homes
from wire.failpoints import Reach, pass_by
from wire.handover import HAND_OVER_LIMIT

OPEN_ENDPOINTS = views.OPEN_ENDPOINTS | views.SIGNED_ENDPOINTS | views.FORM_ENDPOINTS | observing_views.ENDPOINTS

_log = logging.getLogger("central.vault")


def now() -> datetime:
    """The machine's clock."""
    return datetime.now(UTC)


def create_app(
    settings: VaultSettings,
    *,
    clock: Callable[[], datetime] = now,
    reach: Reach = pass_by,
    messenger: Messenger | None = None,
) -> Flask:
    """A vault over the home and database of ``settings``; ``messenger``: theirs when absent.

    Raises:
        HomeError: a key or the bundle is missing, unsafe or of another programme. TrustError: the bundle is not
            signed by the pinned root, or not valid now. DatabaseError: not migrated.
    """
    keys = load_keys(settings.home)
    trust = TrustFile(
        settings.home / homes.TRUST_BUNDLE, load_root(settings.home), lambda bundle: check_bundle(keys, bundle)
    )
    trust.current(clock())
    engine = open_engine(settings.database_url)
    try:
        check_revision(engine)
    except DatabaseError:
        engine.dispose()
        raise
    if settings.weak_kdf_for_tests:
        _log.warning("passphrases are derived at a cost that is for tests only: %s", settings.kdf.text())
    speaker = messenger or messenger_from(settings.messages, clock=clock)
    ways = Ways.of(speaker)
    if not ways.email and not ways.mobile:
        _log.warning("no server for messages is set: activations have no second factor, and nobody gets a notice")
    desks = views.Desks(
        HandOverDesk(HandOverParts(engine, keys, trust, clock, ways, settings.guard_delay), reach),
        EventsDesk(engine, keys, trust, clock),
        ActivationDesk(engine, keys, ways, settings, clock),
        SecondFactorDesk(engine, keys, speaker, settings, clock),
        ObjectionDesk(engine, keys, clock),
    )
    app = Flask(__name__)
    _observe(app, settings, engine, trust, clock)
    _assemble(app, settings, keys, desks)
    app.extensions["vault"] = engine  # whoever made the app may dispose of its connections
    return app


def _observe(
    app: Flask, settings: VaultSettings, engine: Engine, trust: TrustFile, clock: Callable[[], datetime]
) -> None:
    watched = settings.observing
    metrics = Metrics("vault", gauges(engine, settings.home), shared=watched.shared)
    observing_views.watch(app, metrics)
    checks = {
        "database": database_answers(engine),
        "migrations": is_migrated(lambda: is_current(engine)),
        "bundle": holds(lambda: trust.current(clock())),
        "disk": has_room(settings.home, watched.disk_floor),
    }
    app.register_blueprint(observing_views.make_blueprint(checks, metrics, watched.token))


def _assemble(app: Flask, settings: VaultSettings, keys: VaultKeys, desks: views.Desks) -> None:
    app.secret_key = keys.cookie_key()
    app.register_blueprint(views.make_blueprint(desks, settings))
    protect(
        app,
        Safety(
            open_endpoints=OPEN_ENDPOINTS,
            signed_endpoints=views.SIGNED_ENDPOINTS,
            hosts=settings.hosts,
            https=settings.https,
            max_body=HAND_OVER_LIMIT,
            render_error=_render_error,
        ),
    )


def _render_error(_status: int, code: str, sentence: str) -> str:
    return render_template("error.html", code=code, sentence=sentence)
