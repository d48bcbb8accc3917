"""The composition root: which part is joined to which. Everything is opened here, nothing at import.

:mod:`kiosk.devices` and :mod:`kiosk.home` open card, paper, disk and line, also for whoever needs no screens (the
self-check); ``build`` adds the session, the screens and the worker. Tests call the same functions.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from flask import Flask

from kiosk.app import create_app, create_tablet_app
from kiosk.demonstration.tray import Addresses
from kiosk.demonstration.views import make_blueprint
from kiosk.devices import Devices, open_devices
from kiosk.enrolment.errors import NotReadyError
from kiosk.enrolment.heartbeat import Heartbeat
from kiosk.enrolment.languages import load_languages
from kiosk.enrolment.machine import CentralGauge
from kiosk.enrolment.ports import NoVoice, Voice
from kiosk.enrolment.readiness_watch import EVERY as LOOKED_EVERY
from kiosk.enrolment.session import Collaborators, EnrolmentSession
from kiosk.enrolment.upkeep import Upkeep
from kiosk.health.disk import FolderDisk
from kiosk.home import Home, boot_clock, open_home, utc_now
from kiosk.leftovers import settle_leftovers
from kiosk.patient.views import COOKIE as SECOND_SCREEN_COOKIE
from kiosk.process_guard import RestartRequest
from kiosk.self_check import Machine, examine
from kiosk.settings import KioskSettings, TabletListen, VoiceMode
from kiosk.sync.desk import OnlineStatusDesk
from kiosk.sync.earnings import OnlineEarnings
from kiosk.sync.gauge import HeldGauge
from kiosk.sync.journal import DurableSlipJournal
from kiosk.sync.keys import make_dossier_key
from kiosk.sync.link import CentralLink
from kiosk.sync.operators import ConfiguredOperators
from kiosk.sync.outbox import Outbox
from kiosk.sync.prover import OnlineProver
from kiosk.sync.refresh import Refresher
from kiosk.sync.server_time import Clock, Monotonic
from kiosk.sync.store import SealedStore
from kiosk.sync.worker import SyncWorker
from kiosk.tablet_server import TabletServer
from kiosk.voice.espeak import EspeakVoice
from wire.failpoints import Reach, pass_by


@dataclass(frozen=True, slots=True)
class Terminal:
    """A whole terminal. ``start`` and ``stop`` run its threads; the screens are served by whoever holds ``app``."""

    app: Flask
    session: EnrolmentSession
    heartbeat: Heartbeat
    lookout: Heartbeat
    store: SealedStore
    journal: DurableSlipJournal
    worker: SyncWorker
    outbox: Outbox
    devices: Devices
    home: Home
    tablet: TabletServer | None = None

    def start(self) -> None:
        """Begin to beat and to send; the printer's library is loaded now, so that the first slip does not wait.

        Slips that a power cut left open are settled before anybody stands at the screen.
        """
        self.devices.printer.warm_up()
        settle_leftovers(self.store, self.journal, self.home.server_time.clock)
        self.heartbeat.start()
        self.lookout.start()
        self.worker.start()
        if self.tablet is not None:
            self.tablet.start()

    def stop(self) -> None:
        """End every thread and let go of everything; harmless twice."""
        if self.tablet is not None:
            self.tablet.stop()
        self.heartbeat.stop()
        self.lookout.stop()
        self.worker.stop()
        self.devices.close()
        self.home.close()


def build(
    settings: KioskSettings,
    *,
    clock: Clock = utc_now,
    monotonic: Monotonic = boot_clock,
    reach: Reach = pass_by,
    restart: RestartRequest | None = None,
    devices: Devices | None = None,
    link: CentralLink | None = None,
) -> Terminal:
    """Join all parts of a registered terminal; nothing runs yet but the devices' own threads.

    ``restart`` is what the panel's restart asks; who serves the terminal looks at it when the serving has ended.
    ``devices`` and ``link`` are taken in the place of what the settings name, and belong to the terminal from here on:
    who breaks them on purpose brings their own.

    Raises:
        As :func:`open_home` and :func:`open_devices`.
    """
    home = open_home(settings, clock=clock, monotonic=monotonic, link=link)
    try:
        devices = devices or open_devices(settings)
    except BaseException:
        home.close()
        raise
    outbox = Outbox(home.database, reach=reach)
    refresher = Refresher(home.link, home.key, home.whereabouts, home.server_time)
    worker = _worker(home, outbox, refresher, settings, monotonic, reach)
    store = SealedStore(home.database, home.whereabouts, home.server_time, on_added=worker.wake, reach=reach)
    journal = DurableSlipJournal(home.database)
    voice = EspeakVoice() if settings.voice is VoiceMode.HEADSET else NoVoice()
    gauge = HeldGauge(outbox, worker, refresher, home.whereabouts, home.server_time)
    upkeep = _upkeep(settings, home, devices, gauge, restart or RestartRequest())
    tools = _collaborators(home, devices, store, journal, upkeep, clock, monotonic, reach, voice)
    session = EnrolmentSession(tools, load_languages())
    refresher.tell(session.readiness.condition)
    blueprints = [] if devices.tray is None else [make_blueprint(devices.tray, _addresses(settings, home))]
    app = create_app(session, secret_key=secrets.token_bytes(32), extra_blueprints=tuple(blueprints))
    # Browsers share cookies between ports: two terminals on one machine must not overwrite each other's.
    app.config["SESSION_COOKIE_NAME"] = f"terminal-{settings.port}"
    app.config[SECOND_SCREEN_COOKIE] = f"second-screen-{settings.port}"
    lookout = Heartbeat(session.readiness.look, every=LOOKED_EVERY, name="lookout")
    tablet = None if settings.tablet is None else _tablet(session, settings.tablet)
    beat = Heartbeat(session.tick)
    return Terminal(app, session, beat, lookout, store, journal, worker, outbox, devices, home, tablet)


def _upkeep(
    settings: KioskSettings, home: Home, devices: Devices, gauge: CentralGauge, restart: RestartRequest
) -> Upkeep:
    machine = Machine(settings.home, devices.reader, devices.printer, home.link, home.whereabouts, home.server_time)
    return Upkeep(FolderDisk(settings.home), gauge, lambda: examine(machine), restart)


def _worker(
    home: Home, outbox: Outbox, refresher: Refresher, settings: KioskSettings, monotonic: Monotonic, reach: Reach
) -> SyncWorker:
    return SyncWorker(
        outbox=outbox,
        link=home.link,
        key=home.key,
        whereabouts=home.whereabouts,
        server_time=home.server_time,
        refresher=refresher,
        monotonic=monotonic,
        start_spread_s=settings.start_spread_s,
        reach=reach,
    )


def _collaborators(
    home: Home,
    devices: Devices,
    store: SealedStore,
    journal: DurableSlipJournal,
    upkeep: Upkeep,
    clock: Clock,
    monotonic: Monotonic,
    reach: Reach,
    voice: Voice,
) -> Collaborators:
    return Collaborators(
        reader=devices.reader,
        printer=devices.printer,
        store=store,
        journal=journal,
        desk=OnlineStatusDesk(home.link, home.key, home.whereabouts, home.server_time),
        prover=OnlineProver(home.link, home.key, home.whereabouts, home.server_time),
        earnings=OnlineEarnings(
            home.link, home.key, home.whereabouts, home.server_time, home.facts, monotonic=monotonic
        ),
        operators=ConfiguredOperators(home.whereabouts.operators, home.facts, home.server_time.now),
        upkeep=upkeep,
        whereabouts=home.whereabouts,
        clock=clock,
        make_dossier_key=make_dossier_key,
        reach=reach,
        monotonic=monotonic,
        voice=voice,
        professional=devices.professional,
        scan_prefix=devices.scan_prefix,
    )


def _tablet(session: EnrolmentSession, listen: TabletListen) -> TabletServer:
    is_secure = listen.certificate is not None
    app = create_tablet_app(session, secret_key=secrets.token_bytes(32), hosts=listen.hosts, is_secure=is_secure)
    app.config["SESSION_COOKIE_NAME"] = f"tablet-{listen.port}"
    app.config[SECOND_SCREEN_COOKIE] = f"second-screen-{listen.port}"
    return TabletServer(app, listen)


def _addresses(settings: KioskSettings, home: Home) -> Addresses:
    try:
        activation = home.whereabouts.current().activation_url
    except NotReadyError:
        activation = None
    manager = settings.manager_url or f"{home.central_url}/tableau"
    return Addresses(manager=manager, activation=activation, messages=settings.messages_url)
