"""Start here: ``python -m kiosk --home DIR [--simulate] [--port N]`` and ``python -m kiosk self-check --home DIR``."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
from types import FrameType

import waitress

from kiosk import assembly
from kiosk.card_reader.errors import CardReaderError
from kiosk.devices import open_devices
from kiosk.enrolment.errors import EnrolmentError
from kiosk.enrolment.upkeep import Level
from kiosk.home import Home, open_home
from kiosk.printer.errors import PrinterError
from kiosk.process_guard import EXIT_RESTART, HomeBusyError, RestartRequest, claim, leave_no_traces
from kiosk.self_check import Machine, examine
from kiosk.settings import KioskSettings, SettingsError, load_settings
from kiosk.sync.errors import SyncError
from wire.failpoints import Reach, pass_by

LOOPBACK = "127.0.0.1"
"""The screens are for the browser on this very machine."""

_SERVER_THREADS = 8  # one browser; polls beside a touch
_EXIT_FAULT = 1
_EXIT_CANNOT_START = 2
_CANNOT_START = (SettingsError, HomeBusyError, SyncError, EnrolmentError, PrinterError, CardReaderError, OSError)


def serve(settings: KioskSettings, *, reach: Reach = pass_by) -> int:
    """Run the terminal until SIGTERM or Ctrl-C. ``reach`` is for the fault tests' launcher.

    Returns:
        The exit code: 0, or EXIT_RESTART when somebody at the panel wants the program to begin again.
    """
    claim(settings.home)
    restart = RestartRequest()
    terminal = assembly.build(settings, reach=reach, restart=restart)
    try:
        server = waitress.create_server(
            terminal.app, host=LOOPBACK, port=settings.port, threads=_SERVER_THREADS, ident=None
        )
        terminal.start()
        print(f"terminal ready on http://{LOOPBACK}:{settings.port}/", flush=True)
        server.run()
    finally:
        terminal.stop()
    return EXIT_RESTART if restart.was_made else 0


def self_check(settings: KioskSettings) -> int:
    """Print a sentence per part; 0 when the terminal can enrol, 1 when a part keeps it from it."""
    devices = open_devices(settings)
    home: Home | None = None
    try:
        home = open_home(settings)
    except (SyncError, EnrolmentError):
        home = None  # the findings on disk, keys and trust say why
    try:
        worst = Level.OK
        machine = Machine(
            home=settings.home,
            reader=devices.reader,
            printer=devices.printer,
            link=home.link if home else None,
            whereabouts=home.whereabouts if home else None,
            server_time=home.server_time if home else None,
        )
        for finding in examine(machine):
            print(f"{finding.level.value:<8} {finding.part:<8} {finding.sentence}", flush=True)
            worst = Level.FAULT if finding.level is Level.FAULT else worst
        return _EXIT_FAULT if worst is Level.FAULT else 0
    finally:
        devices.close()
        if home is not None:
            home.close()


def main(arguments: list[str]) -> int:
    """Parse, guard the process, run."""
    given = _parser().parse_args(arguments)
    leave_no_traces()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("httpx2").setLevel(logging.WARNING)  # it would log every request
    signal.signal(signal.SIGTERM, _end)
    try:
        settings = load_settings(given)
        if given.command == "self-check":
            return self_check(settings)
        return serve(settings)
    except KeyboardInterrupt:
        return 0
    except _CANNOT_START as error:
        print(f"the terminal cannot start: {error}", file=sys.stderr)
        return _EXIT_CANNOT_START


def _end(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m kiosk", description="A terminal of the enrolment points.")
    parser.add_argument("command", nargs="?", choices=["run", "self-check"], default="run")
    parser.add_argument("--home", help="the registered terminal's folder (KIOSK_HOME)")
    parser.add_argument("--port", help="port of the screens on loopback (KIOSK_PORT, 8200)")
    parser.add_argument("--simulate", action="store_true", help="virtual cards and a simulated printer, with /demo")
    parser.add_argument("--reader", help="part of the card reader's name (KIOSK_READER)")
    parser.add_argument("--printer", help="tcp://host, usb://vendor:product, serial:/path, file:/path (KIOSK_PRINTER)")
    parser.add_argument("--printer-profile", help="the printer's model (KIOSK_PRINTER_PROFILE, tm-t20iii)")
    parser.add_argument("--second-printer", help="the same of one that takes over (KIOSK_SECOND_PRINTER)")
    parser.add_argument("--second-printer-profile", help="its model (KIOSK_SECOND_PRINTER_PROFILE, the first one's)")
    parser.add_argument("--voice", help="off, or headset: screens can be spoken over a headset (KIOSK_VOICE, off)")
    parser.add_argument("--professional-reader", help="part of the second reader's name (KIOSK_PROFESSIONAL_READER)")
    parser.add_argument("--scan-prefix", help="what the code scanner types before a code (KIOSK_SCAN_PREFIX, nothing)")
    parser.add_argument("--patient-listen", help="HOST:PORT of the person's own screen (KIOSK_PATIENT_LISTEN)")
    parser.add_argument("--patient-name", help="names the tablet calls it by, by comma (KIOSK_PATIENT_NAME)")
    parser.add_argument("--patient-certificate", help="PEM file for TLS (KIOSK_PATIENT_CERTIFICATE)")
    parser.add_argument("--patient-key", help="PEM file of its key (KIOSK_PATIENT_KEY)")
    parser.add_argument("--authorities", help="PEM file of central's certificate authorities (KIOSK_AUTHORITIES)")
    parser.add_argument("--messages-url", help="where the demonstration's messages are read (KIOSK_MESSAGES_URL)")
    parser.add_argument("--manager-url", help="address shown in the demonstration (KIOSK_MANAGER_URL)")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
