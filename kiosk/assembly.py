"""The composition root: which part is joined to which. Everything is opened here, nothing at import.

``open_devices`` and ``open_home`` join card, paper, disk and line for whoever needs no screens (the self-check);
``build`` adds the session, the screens and the worker. Tests call the same functions.
"""

from __future__ import annotations

import logging
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Flask

from kiosk.app import create_app, create_tablet_app
from kiosk.card_reader.connection import CardSlots
from kiosk.card_reader.professional import WatchedProfessionalReader
from kiosk.card_reader.reader import SupervisedCardReader
from kiosk.card_reader.virtual.slot import VirtualSlots
from kiosk.demonstration.tray import Addresses, Tray
from kiosk.demonstration.views import make_blueprint
from kiosk.enrolment.errors import NotReadyError
from kiosk.enrolment.heartbeat import Heartbeat
from kiosk.enrolment.languages import load_languages
from kiosk.enrolment.machine import CentralGauge
from kiosk.enrolment.ports import CardReader, NoVoice, ProfessionalReader, Voice
from kiosk.enrolment.readiness_watch import EVERY as LOOKED_EVERY
from kiosk.enrolment.session import Collaborators, EnrolmentSession
from kiosk.enrolment.upkeep import Upkeep
from kiosk.health.disk import FolderDisk
from kiosk.leftovers import settle_leftovers
from kiosk.patient.views import COOKIE as SECOND_SCREEN_COOKIE
from kiosk.printer.device import sink_from_address
from kiosk.printer.profile import profile_named
from kiosk.printer.simulator.server import SimulatedPrinter
from kiosk.printer.thermal import ThermalPrinter
from kiosk.process_guard import RestartRequest
from kiosk.self_check import Machine, examine
from kiosk.settings import KioskSettings, TabletListen, VoiceMode
from kiosk.sync.database import TerminalDatabase
from kiosk.sync.desk import OnlineStatusDesk
from kiosk.sync.earnings import OnlineEarnings
from kiosk.sync.errors import KeyFileError
from kiosk.sync.facts import Facts
from kiosk.sync.gauge import HeldGauge
from kiosk.sync.journal import DurableSlipJournal
from kiosk.sync.keys import DeviceKey, make_dossier_key, open_root_key
from kiosk.sync.link import CentralLink, HttpCentralLink, tls_context
from kiosk.sync.operators import ConfiguredOperators
from kiosk.sync.outbox import Outbox
from kiosk.sync.prover import OnlineProver
from kiosk.sync.refresh import Refresher
from kiosk.sync.server_time import Clock, Monotonic, ServerTime
from kiosk.sync.store import SealedStore
from kiosk.sync.whereabouts import HeldWhereabouts
from kiosk.sync.worker import SyncWorker
from kiosk.tablet_server import TabletServer
from kiosk.voice.espeak import EspeakVoice
from wire.errors import IdentifierError
from wire.failpoints import Reach, pass_by
from wire.homes import CENTRAL_URL, DEVICE_KEY, ROOT_PUBLIC, TERMINAL_NAME, TERMINAL_STORE
from wire.identifiers import TerminalId, terminal_id

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Devices:
    """Cards and paper; ``tray`` is there when all are simulated."""

    reader: CardReader
    professional: ProfessionalReader
    printer: ThermalPrinter
    tray: Tray | None

    def close(self) -> None:
        """Let go of all; harmless twice."""
        self.reader.close()
        self.professional.close()
        self.printer.close()
        if self.tray is not None:
            self.tray.printer.stop()


@dataclass(frozen=True, slots=True)
class Home:
    """A registered terminal's folder, opened: keys, documents, disk and the line to central."""

    key: DeviceKey
    central_url: str
    link: CentralLink
    database: TerminalDatabase
    facts: Facts
    server_time: ServerTime
    whereabouts: HeldWhereabouts

    def close(self) -> None:
        """Let go of line and disk; harmless twice."""
        self.link.close()
        self.database.close()


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
            self._open_tablet(self.tablet)

    def stop(self) -> None:
        """End every thread and let go of everything; harmless twice."""
        if self.tablet is not None:
            self.tablet.stop()
        self.heartbeat.stop()
        self.lookout.stop()
        self.worker.stop()
        self.devices.close()
        self.home.close()

    @staticmethod
    def _open_tablet(tablet: TabletServer) -> None:
        try:
            tablet.start()
        except OSError as error:  # the counter enrols on its own screen all the same
            _log.error("no second screen: %s cannot be listened on (%s)", tablet.listen.host, type(error).__name__)


def utc_now() -> datetime:
    """The terminal's clock."""
    return datetime.now(UTC)


def boot_clock() -> float:
    """Seconds since the machine booted, standby included: nobody can set it."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def open_devices(settings: KioskSettings) -> Devices:
    """Card readers and printer: the real ones, or with ``simulate`` virtual slots and a printer on loopback TCP.

    The simulated ones sit below the same adapters: the reading code and the printing code are the field's.

    Raises:
        kiosk.printer.errors.AddressError, kiosk.card_reader.errors.CardReaderError: a setting or a library is wrong.
    """
    profile = profile_named(settings.printer_profile)
    slots: CardSlots
    second: CardSlots
    if settings.simulate:
        tray = Tray(
            VirtualSlots(is_realistic=True),
            SimulatedPrinter(host="127.0.0.1", port=0).start(),
            VirtualSlots(is_realistic=True, name="Virtual second slot"),
        )
        address = f"tcp://127.0.0.1:{tray.printer.port}"
        slots, second = tray.slots, tray.professional
    else:
        tray, address = None, settings.printer or ""
        slots, second = _real_slots(settings.reader), _real_slots(settings.professional_reader)
    printer = ThermalPrinter(sink_from_address(address), profile)
    is_own_slot = settings.simulate or settings.professional_reader is not None
    professional = WatchedProfessionalReader(second, is_own_slot=is_own_slot)
    return Devices(SupervisedCardReader(slots), professional, printer, tray)


def _real_slots(name: str | None) -> CardSlots:
    # Only here: the demonstration works on machines without pyscard.
    from kiosk.card_reader.pcsc import PcscSlots  # noqa: PLC0415

    return PcscSlots(name)


def open_home(settings: KioskSettings, *, clock: Clock = utc_now, monotonic: Monotonic = boot_clock) -> Home:
    """Open a registered terminal's folder.

    Raises:
        KeyFileError: not registered, or a key file that is open to others.
        LinkError: central's address is neither https nor loopback, or the authorities cannot be read.
        kiosk.enrolment.errors.StoreError: the database cannot be opened.
    """
    folder = settings.home
    terminal, central_url = _terminal_name(settings), _text(settings, CENTRAL_URL)
    key, root = DeviceKey.open(folder / DEVICE_KEY), open_root_key(folder / ROOT_PUBLIC)
    link = HttpCentralLink(central_url, tls=tls_context(settings.authorities))
    database = TerminalDatabase(folder / TERMINAL_STORE)
    facts = Facts(database)
    server_time = ServerTime(facts, clock, monotonic)
    whereabouts = HeldWhereabouts(folder, terminal, root, facts, server_time)
    return Home(key, central_url, link, database, facts, server_time, whereabouts)


def build(
    settings: KioskSettings,
    *,
    clock: Clock = utc_now,
    monotonic: Monotonic = boot_clock,
    reach: Reach = pass_by,
    restart: RestartRequest | None = None,
) -> Terminal:
    """Join all parts of a registered terminal; nothing runs yet but the devices' own threads.

    ``restart`` is what the panel's restart asks; who serves the terminal looks at it when the serving has ended.

    Raises:
        As :func:`open_home` and :func:`open_devices`.
    """
    home = open_home(settings, clock=clock, monotonic=monotonic)
    try:
        devices = open_devices(settings)
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
        voice=voice,
        professional=devices.professional,
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


def _terminal_name(settings: KioskSettings) -> TerminalId:
    try:
        return terminal_id(_text(settings, TERMINAL_NAME))
    except IdentifierError as error:
        raise KeyFileError(f"{TERMINAL_NAME} is not a terminal's name", code="not_registered") from error


def _text(settings: KioskSettings, name: str) -> str:
    try:
        return (settings.home / name).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise KeyFileError(
            f"{name} cannot be read: register this terminal (python -m provisioning register)", code="not_registered"
        ) from error
