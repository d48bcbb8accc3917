from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from kiosk.printer.__main__ import main
from kiosk.printer.profile import profile_names
from kiosk.printer.simulator.server import SimulatedPrinter

Run = Callable[..., int]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, simulator: SimulatedPrinter) -> Run:
    def run_with(*arguments: str) -> int:
        monkeypatch.setattr(sys, "argv", ["kiosk.printer", "--printer", simulator.address, *arguments])
        return main()

    return run_with


def test_the_test_page_comes_out_and_the_answer_is_told(
    run: Run, simulator: SimulatedPrinter, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run() == 0
    assert "the page is: printed; the printer is: ready" in capsys.readouterr().out
    (paper,) = simulator.papers
    assert "TICKET D’ESSAI" in paper.text  # noqa: RUF001 - French
    assert "(tm-t20iii)" in paper.text
    assert "[QR TEST " in paper.text


def test_the_profile_asked_for_is_the_one_that_lays_the_page_out(run: Run, simulator: SimulatedPrinter) -> None:
    assert run("--profile", "clone-80") == 0
    assert "(clone-80)" in simulator.papers[0].text


def test_without_paper_it_is_told_that_nothing_was_sent(
    run: Run, simulator: SimulatedPrinter, capsys: pytest.CaptureFixture[str]
) -> None:
    simulator.paper_out()
    assert run() == 1
    told = capsys.readouterr().out
    assert "the page is: failed; the printer is: paper_out" in told
    assert "nothing was sent" in told


def test_a_silent_printer_is_never_told_to_have_printed(
    run: Run, simulator: SimulatedPrinter, capsys: pytest.CaptureFixture[str]
) -> None:
    simulator.silent()
    assert run("--state") == 3
    assert "the printer is: unknown" in capsys.readouterr().out


def test_how_the_printer_is_can_be_asked_without_paper(
    run: Run, simulator: SimulatedPrinter, capsys: pytest.CaptureFixture[str]
) -> None:
    simulator.cover_open()
    assert run("--state") == 0
    assert "the printer is: cover_open" in capsys.readouterr().out
    assert simulator.papers == ()


def test_every_model_is_listed_with_what_nobody_has_published(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--profiles") == 0
    told = capsys.readouterr().out
    assert [name for name in profile_names() if f"{name}: " not in told] == []
    assert "not published" in told


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--printer", "lpt1"], "a printer address is tcp://HOST:9100"),
        (["--profile", "zebra"], "unknown printer profile; known: clone-80"),
    ],
)
def test_a_wrong_argument_is_answered_with_a_sentence(
    run: Run, arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        run(*arguments)
    assert ended.value.code == 2
    assert sentence in capsys.readouterr().err
