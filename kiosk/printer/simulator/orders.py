"""Typed orders → what a hand does to the simulated printer: ``paper out``, ``lines 12``, ``cover open`` and the like.

One order a line. The table below is the language; ``help`` shows it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kiosk.printer.simulator.controls import ControlledPrinter
from kiosk.printer.simulator.server import SimulatedPrinter


class OrderError(Exception):
    """An order is none of the table, or its number is none; the message says what was expected."""


@dataclass(frozen=True, slots=True)
class _Order:
    """``does`` takes the printer and the number, where the order has one."""

    does: Callable[[ControlledPrinter, float], object]
    means: str
    number: str = ""  # what its number counts; empty: it has none


def _network(printer: ControlledPrinter) -> SimulatedPrinter:
    if not isinstance(printer, SimulatedPrinter):
        raise OrderError("only a printer on TCP knows this order")
    return printer


ORDERS: dict[str, _Order] = {
    "paper out": _Order(lambda printer, _: printer.paper_out(), "the roll ends now"),
    "paper low": _Order(lambda printer, _: printer.paper_low(), "the near-end sensor sees the end"),
    "paper load": _Order(lambda printer, _: printer.load_paper(), "a new roll"),
    "lines": _Order(lambda printer, number: printer.lines(int(number)), "the roll ends after so many", "lines"),
    "tear": _Order(lambda printer, _: printer.tear(), "tear off what hangs in the slot"),
    "cover open": _Order(lambda printer, _: printer.cover_open(), "open the cover"),
    "cover close": _Order(lambda printer, _: printer.cover_close(), "close it: what waited comes out"),
    "offline": _Order(lambda printer, _: printer.offline(), "off line, as by the feed button"),
    "online": _Order(lambda printer, _: printer.offline(on=False), "on line again"),
    "cutter jam": _Order(lambda printer, _: printer.jam_cutter(), "the next cut sticks"),
    "cutter free": _Order(lambda printer, _: printer.free_cutter(), "take out what jams it"),
    "head hot": _Order(lambda printer, _: printer.overheat(), "the print head is too hot"),
    "head cool": _Order(lambda printer, _: printer.overheat(on=False), "it cooled down"),
    "silent": _Order(lambda printer, _: printer.silent(), "prints and answers nothing"),
    "speak": _Order(lambda printer, _: printer.silent(on=False), "answers again"),
    "slow": _Order(lambda printer, number: printer.slow(number), "a line takes so many", "seconds"),
    "stall": _Order(lambda printer, _: printer.stall(), "takes no more bytes off the line"),
    "flow": _Order(lambda printer, _: printer.stall(on=False), "takes them again"),
    "half-open": _Order(lambda printer, _: printer.half_open(), "takes all, answers nothing, ends nothing"),
    "revive": _Order(lambda printer, _: printer.half_open(on=False), "looks at what it was sent meanwhile"),
    "power off": _Order(lambda printer, _: printer.power_off(), "pull the plug: the buffer is lost"),
    "power on": _Order(lambda printer, _: printer.power_on(), "plug it in again"),
    "busy": _Order(lambda printer, _: _network(printer).busy(), "serves another host: new connections wait"),
    "free": _Order(lambda printer, _: _network(printer).busy(on=False), "serves us again"),
    "reset after": _Order(
        lambda printer, number: _network(printer).reset_after(int(number)),
        "reset the connection after so many",
        "bytes",
    ),
    "as new": _Order(lambda printer, _: printer.reset(), "no fault, no paper, nothing waiting"),
}


def obey(line: str, printer: ControlledPrinter) -> None:
    """Do what one typed line says; an empty line says nothing.

    Raises:
        OrderError: it is no order; the message names the nearest form.
    """
    words = line.split()
    if not words:
        return
    text = " ".join(words)
    if text in ORDERS and not ORDERS[text].number:
        ORDERS[text].does(printer, 0)
        return
    name, number = " ".join(words[:-1]), words[-1]
    order = ORDERS.get(name)
    if order is None or not order.number:
        raise OrderError("no such order; type help")
    order.does(printer, _number(number, order))


def overview() -> str:
    """Every order and what it means, a line each."""
    forms = {f"{name} <{order.number}>" if order.number else name: order.means for name, order in ORDERS.items()}
    return "\n".join(f"{form:<24} {means}" for form, means in forms.items())


def _number(text: str, order: _Order) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < 1_000_000:  # noqa: PLR2004 - no roll and no job is longer; also refuses infinity and nan
        raise OrderError(f"a number of {order.number} is needed")
    return value
