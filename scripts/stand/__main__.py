"""The demonstration: `scripts/demo` sets up the environment and runs this.

Everyone in it is fictitious; the passwords are printed because they guard nothing.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from pathlib import Path
from types import FrameType

from addresses import Addresses
from browser import BrowserError
from once import OnceError, one_enrolment
from processes import Children, StandError
from programme import HALL, MANAGER, MANAGER_PASSWORD, PHARMACY, Programme

_ROOT = Path(__file__).parents[2]
_WATCH_S = 0.5


def main() -> int:
    """Run until Ctrl-C, or once; 0 when all went well, 1 with a sentence when not."""
    options = _parser().parse_args()
    os.chdir(_ROOT)  # commands of ours are run with -m from here
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, _end)
    stands = (PHARMACY,) if options.once else (HALL, PHARMACY)
    # A person has one dossier: one enrolment that can be repeated wants databases of its own, made anew.
    folder = options.folder / "once" if options.once else options.folder
    try:
        programme = Programme(folder.resolve(), Addresses.choose(), stands)
        with programme.claimed(), Children() as children:
            _start(programme, children, fresh=options.fresh or options.once)
            if options.once:
                one_enrolment(programme, children)
                return 0
            _show(programme)
            _wait(children)
    except KeyboardInterrupt:
        print("\nStopped.")
        return 0
    except (StandError, BrowserError, OnceError) as error:
        print(f"scripts/demo: {error}", file=sys.stderr)
        return 1
    return 0


def _start(programme: Programme, children: Children, *, fresh: bool) -> None:
    began = time.monotonic()
    is_new = fresh or not programme.is_made()
    if is_new:
        print("Making keys, databases, offices and terminals…", flush=True)
        programme.throw_away()
        programme.prepare_services()
    programme.start_services(children)
    children.wait_until_ready()
    for stand in programme.stands:
        if is_new:
            programme.register(stand)
        programme.point_to_central(stand)
        programme.start_terminal(children, stand)
    children.wait_until_ready()
    programme.mark_made()
    print(f"Ready after {time.monotonic() - began:.0f} s.", flush=True)


def _show(programme: Programme) -> None:
    places = programme.addresses
    # Browsers keep one set of cookies for a host whatever the port: the two terminals need two names of this machine.
    counter = places.pharmacy.replace("127.0.0.1", "localhost")
    print(
        f"""
Everyone is fictitious; codes and passwords guard nothing.

  Hall terminal      {places.hall}/demo      cards, paper, and the touch screen at {places.hall}/
                     agent {HALL.operator}, PIN {HALL.pin}
  Pharmacy counter   {counter}/demo      cards, paper, and the touch screen at {counter}/
                     pharmacist {PHARMACY.operator}, PIN {PHARMACY.pin}
  At home            {places.vault}/activation
  E-mails and SMS    {places.letterbox}/      every code that central or the vault sends
  Manager            {places.central}/tableau
                     {MANAGER}, password {MANAGER_PASSWORD}

Logs: {programme.logs}. Ctrl-C stops everything; scripts/demo --fresh begins from nothing.""",
        flush=True,
    )


def _wait(children: Children) -> None:
    while True:
        children.check()
        time.sleep(_WATCH_S)


def _end(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scripts/demo", description=__doc__.partition("\n")[0])
    parser.add_argument("--once", action="store_true", help="one pharmacy enrolment without a browser, then end")
    parser.add_argument("--fresh", action="store_true", help="throw the demonstration's folder away first")
    parser.add_argument("--folder", type=Path, default=_ROOT / ".demo", help="where it keeps everything (.demo)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
