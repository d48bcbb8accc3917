"""Put a virtual card into vpcd's slot: ``python -m kiosk.card_reader.virtual [SCENARIO.yaml|NAME]``.

Every PC/SC program on the machine then sees the card. Lines typed meanwhile move it (``insert``, ``pull``, ``swap``);
Ctrl-C or ``quit`` pulls it and ends. When nobody can type, the command ends with the card.
"""

from __future__ import annotations

import argparse
import os
import select
import sys
from collections.abc import Sequence
from dataclasses import replace

from kiosk.card_reader.errors import CardReaderError
from kiosk.card_reader.virtual.hand import HELP, Hand, listing, scenario_at
from kiosk.card_reader.virtual.mishap import Mishap, MishapKind
from kiosk.card_reader.virtual.scenario import Scenario, spoilt
from kiosk.card_reader.virtual.vpcd import DEFAULT_PORT

EXIT_OK = 0
EXIT_FAILED = 1
LOOK_EVERY_S = 0.1
_AT_ONCE = 4096


def main(arguments: Sequence[str] | None = None) -> int:
    """Insert the card and stay: until Ctrl-C, ``quit`` or the end of pcscd."""
    options = _parser().parse_args(arguments)
    if options.list:
        print(listing())
        return EXIT_OK
    hand = Hand(options.host, options.port, is_realistic=options.realistic)
    try:
        scenario = _scenario(options)
        hand.insert(scenario)
    except (CardReaderError, OSError) as error:
        print(f"The card cannot be inserted: {error}", file=sys.stderr)
        return EXIT_FAILED
    print(f"{scenario.name} is in the slot at {options.host}:{options.port}. Ctrl-C pulls it. {HELP}", flush=True)
    try:
        _obey(hand, Keyboard(0))
    except KeyboardInterrupt:
        pass
    finally:
        hand.pull()
    return EXIT_OK


class Keyboard:
    """Lines from a file descriptor, without a thread that would hold the interpreter at its end."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._typed = b""
        self.is_open = True

    def lines(self, timeout_s: float) -> list[str]:
        """The lines that were completed within that time; none is common."""
        if not self.is_open:
            select.select([], [], [], timeout_s)
            return []
        if not select.select([self._descriptor], [], [], timeout_s)[0]:
            return []
        part = os.read(self._descriptor, _AT_ONCE)
        self.is_open = bool(part)
        *whole, self._typed = (self._typed + part).split(b"\n")
        return [line.decode(errors="replace").strip() for line in whole]


def _obey(hand: Hand, keyboard: Keyboard) -> None:
    """Until ``quit``, the end of pcscd, or a card that left with nobody there to put in another."""
    was_in = True
    while not hand.lost_reader and (keyboard.is_open or hand.inserted):
        if was_in and not hand.inserted:
            print("the card has left the slot", flush=True)
        was_in = hand.inserted is not None
        for line in keyboard.lines(LOOK_EVERY_S):
            if line == "quit":
                return
            if line:
                print(hand.told(line), flush=True)


def _scenario(options: argparse.Namespace) -> Scenario:
    scenario = scenario_at(options.scenario or options.card)
    if options.line is not None:
        scenario = replace(scenario, line_speed=options.line)
    return spoilt(scenario, None if options.mishap is None else Mishap(MishapKind(options.mishap), options.at))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m kiosk.card_reader.virtual", description=__doc__)
    parser.add_argument("scenario", nargs="?", help="a scenario file (docs/card-simulator.md), or a name, see --list")
    parser.add_argument("--card", default="marie", help="a card of the deck, when no scenario is given")
    parser.add_argument("--host", default="127.0.0.1", help="where pcscd's vpcd listens")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="35963 is slot 0 of Debian's vpcd, 35964 slot 1")
    parser.add_argument("--list", action="store_true", help="show cards and scenarios, and end")
    parser.add_argument("--realistic", action="store_true", help="as slow as a real chip's line, 43 kbit/s")
    parser.add_argument("--line", type=int, help="bit/s of the line, 0 for no delay; goes before the scenario's own")
    kinds = [kind.value for kind in MishapKind if kind not in (MishapKind.SWAP, MishapKind.WRONG_STATUS)]
    parser.add_argument("--mishap", choices=kinds, help="what the card does wrong beside the scenario")
    parser.add_argument("--at", type=int, default=1, help="at which command")
    return parser


if __name__ == "__main__":
    sys.exit(main())
