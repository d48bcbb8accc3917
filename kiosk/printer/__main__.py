"""Try one printer: ``python -m kiosk.printer --printer ADDRESS --profile NAME`` prints a page and says what came of it.

``--state`` only asks how the printer is, ``--profiles`` lists the models that are described. The exit status is 0 when
the printer said that the page is printed (or how it is), 1 when it is not printed, 3 when nobody knows: look at the
paper. What to look at: docs/hardware.md.
"""

from __future__ import annotations

import argparse
import json
import platform
import re
import sys
from datetime import datetime
from importlib import resources

from kiosk.enrolment.ports import PrinterState, PrintOutcome, PrintResult
from kiosk.enrolment.trial_slip import trial_slip
from kiosk.printer.device import sink_from_address
from kiosk.printer.errors import PrinterError
from kiosk.printer.profile import PrinterProfile, profile_named, profile_names
from kiosk.printer.thermal import ThermalPrinter

EXITS = {PrintResult.PRINTED: 0, PrintResult.FAILED: 1, PrintResult.UNKNOWN: 3}
_LANGUAGE = "fr"


def main() -> int:
    """Carry out what the arguments say."""
    parser = argparse.ArgumentParser(
        prog="python -m kiosk.printer", description="print the test page and say what the printer answered"
    )
    parser.add_argument("--printer", metavar="ADDRESS", help="tcp://HOST, usb://VENDOR:PRODUCT, serial:/dev/…, file:/…")
    parser.add_argument("--profile", default="tm-t20iii", metavar="NAME", help="the model (tm-t20iii)")
    parser.add_argument("--state", action="store_true", help="only ask how the printer is")
    parser.add_argument("--profiles", action="store_true", help="list the models that are described")
    arguments = parser.parse_args()
    if arguments.profiles:
        print("\n\n".join(_described(profile_named(name)) for name in profile_names()))
        return 0
    if arguments.printer is None:
        parser.error("--printer is needed")
    try:
        printer = ThermalPrinter(sink_from_address(arguments.printer), profile_named(arguments.profile))
    except PrinterError as error:
        parser.error(str(error))
    try:
        return _asked(printer) if arguments.state else _tried(printer)
    finally:
        printer.close()


def _asked(printer: ThermalPrinter) -> int:
    state = printer.state()
    print(f"the printer is: {state.value}")
    return EXITS[PrintResult.UNKNOWN] if state is PrinterState.UNKNOWN else EXITS[PrintResult.PRINTED]


def _tried(printer: ThermalPrinter) -> int:
    outcome = printer.print(trial_slip(_machine(), datetime.now().astimezone(), _words()))
    print(f"the page is: {outcome.result.value}; the printer is: {outcome.state.value}\n{_advice(outcome)}")
    return EXITS[outcome.result]


def _advice(outcome: PrintOutcome) -> str:
    match outcome.result:
        case PrintResult.PRINTED:
            return "look at the paper: letters, both rows of digits, the code, the cut (docs/hardware.md)"
        case PrintResult.UNKNOWN:
            return "it took the page and did not say that it is printed: only the paper tells"
        case PrintResult.FAILED if outcome.may_be_on_paper:
            return "a part of the page may have come out"
        case PrintResult.FAILED:
            return "nothing was sent to it: paper, cover, cable, address?"


def _described(profile: PrinterProfile) -> str:
    unknown = "".join(f"\n  not published: {fact}" for fact in profile.unknown)
    return f"{profile.name}: {profile.label}\n  source: {profile.source}{unknown}"


def _machine() -> str:
    """This machine's name, in characters that a QR code of ours may bear."""
    return re.sub(r"[^A-Za-z0-9.-]", "-", platform.node()) or "?"


def _words() -> dict[str, str]:
    wording = resources.files("kiosk.enrolment") / "wording" / _LANGUAGE / "slips.json"
    words: dict[str, str] = json.loads(wording.read_text(encoding="utf-8"))
    return words


if __name__ == "__main__":
    sys.exit(main())
