"""Put a card of the deck into vpcd's slot: ``python -m kiosk.card_reader.virtual --card marie``. Ctrl-C pulls it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from kiosk.card_reader.errors import UnknownCardError
from kiosk.card_reader.virtual.mishap import Mishap, MishapKind
from kiosk.card_reader.virtual.people import card_of, deck
from kiosk.card_reader.virtual.vpcd import DEFAULT_PORT, VpcdCard

EXIT_OK = 0
EXIT_FAILED = 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Insert the card and stay until Ctrl-C, or until pcscd is gone."""
    options = _parser().parse_args(arguments)
    if options.list:
        for known in deck():
            print(f"{known.card_id:12} {known.label} ({known.hint})")
        return EXIT_OK
    mishap = None if options.mishap is None else Mishap(MishapKind(options.mishap), options.at)
    try:
        chosen = card_of(options.card)
        card = VpcdCard(chosen, options.host, options.port, mishap=mishap, is_realistic=options.realistic)
        card.insert()
    except (UnknownCardError, OSError) as error:
        print(f"The card cannot be inserted: {error}", file=sys.stderr)
        return EXIT_FAILED
    print(f"{options.card} is in the slot at {options.host}:{options.port}. Ctrl-C pulls it.", flush=True)
    try:
        card.wait()
    except KeyboardInterrupt:
        card.pull()
    return EXIT_OK


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m kiosk.card_reader.virtual", description=__doc__)
    parser.add_argument("--card", default="marie", help="a card of the deck, see --list")
    parser.add_argument("--host", default="127.0.0.1", help="where pcscd's vpcd listens")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="35963 is slot 0 of Debian's vpcd")
    parser.add_argument("--list", action="store_true", help="show the deck and end")
    parser.add_argument("--realistic", action="store_true", help="as slow as a real chip")
    kinds = [kind.value for kind in MishapKind if kind is not MishapKind.SWAP]
    parser.add_argument("--mishap", choices=kinds, help="what the card does wrong")
    parser.add_argument("--at", type=int, default=1, help="at which command")
    return parser


if __name__ == "__main__":
    sys.exit(main())
