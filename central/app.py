"""Central's Flask app: parts joined, nothing decided. Every route is closed unless ``OPEN_ENDPOINTS`` names it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlsplit

from flask import Flask, Response, jsonify, redirect, render_template, url_for
from sqlalchemy import Engine
from werkzeug.wrappers import Response as BaseResponse

from central import schema
from central.abuse import views as case_views
from central.api import views as api_views
from central.api.views import ServiceDoor
from central.dashboards import views as dashboard_views
from central.dashboards.points import views as point_views
from central.dashboards.rollout import views as rollout_views
from central.dashboards.silence import views as silence_views
from central.devices import views as device_views
from central.devices.bundle_shelf import BundleShelf
from central.devices.configuration import Place
from central.devices.quota import Quota
from central.engine import in_transaction, make_engine
from central.errors import SetupError
from central.exports import views as export_views
from central.gauges import gauges
from central.intake import views as intake_views
from central.intake.figures import FiguresDesk
from central.intake.service import Intake, IntakeParts
from central.intake.status import StatusDesk
from central.keys import CentralKeys, load_keys
from central.ledger.rule_book import note
from central.ledger.rules import load_rules
from central.looks import views as look_views
from central.messaging.errors import MessagingSetupError
from central.messaging.messenger import messenger_from
from central.messaging.ports import Messenger
from central.observing import views as observing_views
from central.observing.metrics import Metrics
from central.observing.readiness import database_answers, has_room, holds, is_migrated
from central.passwords import Passwords
from central.proofs import views as proof_views
from central.proofs.book import ProofLimits
from central.proofs.service import ProofDesk
from central.published import views as published_views
from central.settings import LOOPBACK, CentralSettings
from central.staff import views as staff_views
from central.staff.door import Door
from central.staff.keys import cookie_key, factor_key
from central.staff.permissions import FIRST_PAGE
from central.staff.provider import views as provider_views
from central.staff.provider.desk import ProviderDesk
from central.staff.provider.link import ProviderLink
from central.statements import views as statement_views
from central.tables.desk import TableDesk
from central.websafety import Safety, protect
from wire import homes
from wire.batch import BATCH_LIMIT
from wire.failpoints import Reach, pass_by
from wire.identifiers import milliseconds

OPEN_ENDPOINTS = (
    frozenset({"static", "health", dashboard_views.HTMX, api_views.DOCUMENT})
    | staff_views.OPEN_ENDPOINTS
    | provider_views.OPEN_ENDPOINTS
    | device_views.OPEN_ENDPOINTS
    | intake_views.ENDPOINTS
    | observing_views.ENDPOINTS
    | {proof_views.ENDPOINT}
)
SIGNED_ENDPOINTS = device_views.SIGNED_ENDPOINTS | intake_views.ENDPOINTS | {proof_views.ENDPOINT}
# Half of the threads that `serve` has: a gateway that hangs must not keep the terminals' records out.
_MESSAGES_AT_ONCE = 4

_log = logging.getLogger(__name__)


def system_clock() -> datetime:
    """The machine's clock."""
    return datetime.now(UTC)


def open_engine(settings: CentralSettings) -> Engine:
    """The database, at the newest shape.

    Raises:
        SetupError: ``not_migrated``.
    """
    engine = make_engine(settings.database)
    if not schema.is_current(engine):
        engine.dispose()
        raise SetupError("the database is not of this release: run python -m central migrate", code="not_migrated")
    return engine


def intake_parts(settings: CentralSettings, keys: CentralKeys, engine: Engine) -> IntakeParts:
    """What intake works with, here and in the commands that open dossiers."""
    quota = Quota(records=settings.terminal_records)
    return IntakeParts(engine, keys, load_rules(), settings.shards, settings.ins_authority, settings.regime, quota)


def open_messenger(settings: CentralSettings, clock: Callable[[], datetime]) -> Messenger:
    """Where one-time codes go.

    Raises:
        SetupError: ``authorities``: the file of certificate authorities cannot be read.
    """
    try:
        return messenger_from(settings.messaging, clock=clock, at_once=_MESSAGES_AT_ONCE)
    except MessagingSetupError as error:
        raise SetupError(str(error), code=error.code) from error


def create_app(
    settings: CentralSettings,
    *,
    clock: Callable[[], datetime] = system_clock,
    reach: Reach = pass_by,
    passwords: Passwords | None = None,
) -> Flask:
    """Central over the home and the database of ``settings``.

    Raises:
        SetupError: a key is missing or open to others, or the database is not migrated.
        TrustError: the trust bundle is not the root's, or not valid now.
    """
    keys = load_keys(settings.home, now=clock())
    engine = open_engine(settings)
    in_transaction(engine, lambda connection: note(connection, load_rules(), now_ms=milliseconds(clock())))
    app = Flask(__name__)
    app.secret_key = cookie_key(settings.home)
    app.extensions["central"] = engine  # for who must close it: tests, and commands that end
    _observe(app, settings, keys, engine, clock)
    _register(app, settings, keys, engine, clock, reach, passwords or Passwords())
    protect(
        app,
        Safety(
            open_endpoints=OPEN_ENDPOINTS,
            signed_endpoints=SIGNED_ENDPOINTS,
            hosts=LOOPBACK | {urlsplit(settings.public_url).hostname or "localhost"},
            https=settings.public_url.startswith("https://"),
            max_body=BATCH_LIMIT,
            is_allowed=api_views.service_asks(
                ServiceDoor(engine, clock, settings.api_per_minute),
                staff_views.manager_asks(
                    engine, clock, unattended=frozenset({dashboard_views.LIVE, silence_views.LIVE})
                ),
            ),
            sign_in_endpoint="staff.sign_in",
            render_error=_render_error,
        ),
    )
    return app


def _observe(
    app: Flask, settings: CentralSettings, keys: CentralKeys, engine: Engine, clock: Callable[[], datetime]
) -> None:
    shelf = BundleShelf(settings.home / homes.TRUST_BUNDLE, keys.root)
    watched = settings.observing
    metrics = Metrics("central", gauges(engine, settings.home, clock), shared=watched.shared)
    observing_views.watch(app, metrics)
    checks = {
        "database": database_answers(engine),
        "migrations": is_migrated(lambda: schema.is_current(engine)),
        "bundle": holds(lambda: shelf.current(clock())),
        "disk": has_room(settings.home, watched.disk_floor),
    }
    app.register_blueprint(observing_views.make_blueprint(checks, metrics, watched.token))


def _register(
    app: Flask,
    settings: CentralSettings,
    keys: CentralKeys,
    engine: Engine,
    clock: Callable[[], datetime],
    reach: Reach,
    passwords: Passwords,
) -> None:
    shards = settings.shards
    parts = intake_parts(settings, keys, engine)
    intake, status_desk = Intake(parts, reach=reach), StatusDesk(engine, keys, shards=shards)
    messenger = open_messenger(settings, clock)
    place = Place(
        settings.activation_url,
        settings.ins_authority.value,
        regime=settings.regime,
        languages=settings.languages,
        proves_contacts=messenger.has_email or messenger.has_sms,
    )
    shelf = BundleShelf(settings.home / homes.TRUST_BUNDLE, keys.root)
    proof_desk = ProofDesk(
        engine,
        keys,
        messenger,
        shards=shards,
        limits=ProofLimits(validity_ms=settings.proof_minutes * 60_000),
    )
    _register_numbers(app, settings, engine, clock)
    door = Door(engine, passwords, factor_key(settings.home), shards, asks_second_factor=settings.second_factor)
    _register_staff(app, settings, door, clock)
    for blueprint in (
        intake_views.make_blueprint(intake, status_desk, FiguresDesk(engine, keys), clock=clock),
        proof_views.make_blueprint(proof_desk, clock=clock),
        device_views.make_blueprint(engine, clock, place=place, answer_key=keys.answer, shelf=shelf, shards=shards),
        dashboard_views.make_blueprint(engine, clock, settings.dashboards),
        point_views.make_blueprint(engine, clock, settings.dashboards),
        silence_views.make_blueprint(engine, clock, settings.dashboards),
        rollout_views.make_blueprint(engine, clock),
        look_views.make_blueprint(engine, clock, parts),
        case_views.make_blueprint(engine, clock, shards=shards),
        statement_views.make_blueprint(engine, clock),
    ):
        app.register_blueprint(blueprint)
    app.add_url_rule("/healthz", "health", _health)
    app.add_url_rule("/", "home", _home)


def _register_numbers(app: Flask, settings: CentralSettings, engine: Engine, clock: Callable[[], datetime]) -> None:
    desk = TableDesk(engine, clock, settings.small_cell)
    app.register_blueprint(api_views.make_blueprint(engine, clock, desk, settings.dashboards.silent_after))
    app.register_blueprint(export_views.make_blueprint(engine, clock, desk, settings.dashboards.silent_after))
    app.register_blueprint(published_views.make_blueprint(engine))


def _register_staff(app: Flask, settings: CentralSettings, door: Door, clock: Callable[[], datetime]) -> None:
    proxies, provider = settings.trusted_proxies, settings.provider
    if not settings.second_factor:
        _log.warning("managers sign in without a second factor: for a demonstration on one machine only")
    label = None if provider is None else provider.label
    desks = staff_views.Desks.of(door)
    app.register_blueprint(staff_views.make_blueprint(door.engine, desks, clock, proxies, provider_label=label))
    if provider is None:
        return
    desk = ProviderDesk(
        door, provider, ProviderLink(provider), redirect_uri=settings.public_url + provider_views.RETURN_PATH
    )
    https, key = settings.public_url.startswith("https://"), cookie_key(settings.home)
    app.register_blueprint(provider_views.make_blueprint(desk, clock, proxies, cookie_key=key, https=https))


def _health() -> Response:
    return jsonify({"status": "ok"})


def _home() -> BaseResponse:
    return redirect(url_for(FIRST_PAGE[staff_views.current().role]))


def _render_error(status: int, code: str, sentence: str) -> str:
    return render_template("error.html", status=status, code=code, sentence=sentence)
