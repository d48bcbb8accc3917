from __future__ import annotations

import pytest

from kiosk.printer.simulator.mechanism import Faults
from kiosk.printer.simulator.orders import ORDERS, OrderError, obey, overview
from kiosk.printer.simulator.pty import SimulatedPtyPrinter
from kiosk.printer.simulator.server import SimulatedPrinter


@pytest.fixture
def printer() -> SimulatedPrinter:
    return SimulatedPrinter()  # not started: orders are obeyed all the same


@pytest.mark.parametrize("name", sorted(set(ORDERS) - {"power on"}))
def test_every_order_is_obeyed(printer: SimulatedPrinter, name: str) -> None:
    obey(f"{name} 3" if ORDERS[name].number else name, printer)
    printer.stop()


def test_orders_do_what_they_say(printer: SimulatedPrinter) -> None:
    faults = printer._mechanism.faults
    for line in ("paper out", "cover open", "silent", "slow 0.5", "head hot", "cutter jam"):
        obey(line, printer)
    struck = (faults.paper_out, faults.cover_open, faults.silent, faults.overheated, faults.cutter_jam)
    slow = faults.seconds_per_line
    for line in ("paper load", "cover close", "speak", "slow 0", "head cool", "cutter free"):
        obey(line, printer)

    assert (struck, slow) == ((True,) * 5, 0.5)
    assert printer._mechanism.faults == Faults()


def test_the_roll_ends_after_as_many_lines_as_were_ordered(printer: SimulatedPrinter) -> None:
    obey("  lines   2 ", printer)
    printer._mechanism.receive(b"A\nB\nC\n", now=0.0)

    assert (printer.lines_printed, printer._mechanism.faults.paper_out) == (2, True)


@pytest.mark.parametrize(
    "line", ["paper", "lines", "lines many", "lines -1", "slow nan", "slow inf", "paper out 3", "quit"]
)
def test_what_is_no_order_is_refused_with_a_sentence(printer: SimulatedPrinter, line: str) -> None:
    with pytest.raises(OrderError, match=r"help|number"):
        obey(line, printer)


def test_an_empty_line_orders_nothing(printer: SimulatedPrinter) -> None:
    obey("\n", printer)


def test_what_only_a_network_has_is_refused_on_a_pty() -> None:
    printer = SimulatedPtyPrinter()
    with pytest.raises(OrderError, match="TCP"):
        obey("busy", printer)
    printer.close()


def test_help_names_every_order() -> None:
    assert [line.split("  ")[0].split(" <")[0] for line in overview().splitlines()] == list(ORDERS)
