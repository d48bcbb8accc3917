"""Tests with the real things: only those whose device is named on the command line are run (docs/hardware.md).

``pytest tests/hardware --reader NAME`` runs the tests marked ``real_reader``, ``--printer ADDRESS`` those marked
``real_printer``; ``--hands`` adds those in which a person must do something. What is not asked for is deselected, never
skipped, so that an ordinary run stays silent about it.
"""

from __future__ import annotations

import pytest

OPTIONS = {"real_reader": "reader", "real_printer": "printer", "hands": "hands"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--reader", default=None, help="the PC/SC name of the card reader that lies here, or a part of it")
    parser.addoption("--printer", default=None, help="the address of the printer that stands here (docs/hardware.md)")
    parser.addoption("--hands", action="store_true", help="also those in which a person opens a cover or pulls a card")
    parser.addoption("--printer-profile", default="tm-t20iii", help="its profile (python -m kiosk.printer --profiles)")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "real_reader: needs a card reader and a card, named by --reader")
    config.addinivalue_line("markers", "real_printer: needs a printer, named by --printer; uses some paper")
    config.addinivalue_line("markers", "hands: tells a person what to do, and waits for it; chosen by --hands")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    wanted = {mark for mark, option in OPTIONS.items() if config.getoption(option, default=None)}
    left = [item for item in items if any(item.get_closest_marker(mark) for mark in OPTIONS.keys() - wanted)]
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in left]


@pytest.fixture(scope="session")
def reader_name(request: pytest.FixtureRequest) -> str:
    """What the person gave after ``--reader``."""
    return str(request.config.getoption("reader"))


@pytest.fixture(scope="session")
def printer_address(request: pytest.FixtureRequest) -> str:
    """What the person gave after ``--printer``."""
    return str(request.config.getoption("printer"))


@pytest.fixture(scope="session")
def printer_profile(request: pytest.FixtureRequest) -> str:
    """What the person gave after ``--printer-profile``."""
    return str(request.config.getoption("printer_profile"))
