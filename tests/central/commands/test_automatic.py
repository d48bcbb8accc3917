"""Letters, what is due, and children's numbers from the command line; no number ever on it."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from central import __main__ as command_line
from central.automatic.letters import COLUMNS
from central.engine import reading
from central.enrolments.models import dossiers
from tests.central.web_site import PHARMACY, CentralSite
from tests.fakes.terminal import fictitious_nir, id_of
from wire.nir import InsAuthority, Nir, key_of

_BODY = "1140399000001"
CHILD = Nir.parse(f"{_BODY}{key_of(_BODY):02d}")
LETTER = f"{fictitious_nir(1).compact};{InsAuthority.NIR_TEST.value};SPÉCIMEN;LÉA;19900315;"

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(site: CentralSite, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Run a command by central's clock; ``typed`` is the line on its standard input."""
    monkeypatch.setattr(command_line, "system_clock", site.clock)
    monkeypatch.setenv("CENTRAL_DATABASE", site.settings.database)

    def command(*arguments: str, typed: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{typed}\n"))
        code = command_line.main([*arguments, "--home", str(site.home)])
        out, err = capsys.readouterr()
        return code, out, err

    return command


def opened(site: CentralSite) -> int:
    with reading(site.engine) as connection:
        return connection.scalar(select(func.count()).select_from(dossiers)) or 0


def letters(site: CentralSite, tmp_path: Path, days_ago: int) -> str:
    informed_on = (site.clock.now - timedelta(days=days_ago)).date().isoformat()
    path = tmp_path / "letters.csv"
    path.write_text(f"{';'.join(COLUMNS)}\n{LETTER}{informed_on}\n", encoding="utf-8-sig")
    return str(path)


def test_informed_six_weeks_ago_opens(
    run: Run, site: CentralSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CENTRAL_REGIME", "opt_out")
    assert run("inform", letters(site, tmp_path, 42))[1] == "1 persons noted as informed, 0 were already\n"
    assert run("open-due")[1] == "1 persons informed six weeks ago are settled\n"
    assert (opened(site), run("verify")[0]) == (1, 0)


def test_where_consent_creates_it_is_said_and_nothing_opens(run: Run, site: CentralSite, tmp_path: Path) -> None:
    assert "opt_in" in run("inform", letters(site, tmp_path, 60))[1]
    assert "opt_in" in run("open-due")[1]
    assert opened(site) == 0


def test_a_list_with_a_mistake_keeps_nothing_and_repeats_nothing(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "letters.csv"
    path.write_text(f"{';'.join(COLUMNS)}\n{LETTER}2018-11-10\n{LETTER}soon\n", encoding="utf-8")
    code, _, err = run("inform", str(path))
    assert (code, "line 3: informed_on" in err, fictitious_nir(1).compact in err) == (1, True, False)
    path.write_text(f"{';'.join(COLUMNS)}\n{LETTER}2018-11-10\n", encoding="utf-8")
    assert run("inform", str(path))[1].startswith("1 persons")


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b'"nir', b""])
def test_a_file_that_is_no_list_is_refused(run: Run, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "letters.csv"
    path.write_bytes(content)
    assert run("inform", str(path))[0] == 1


def test_a_file_that_is_not_there_is_refused(run: Run, tmp_path: Path) -> None:
    assert "[letters_file]" in run("inform", str(tmp_path / "none.csv"))[2]


class TestNumbers:
    @pytest.fixture
    def waiting(self, site: CentralSite) -> str:
        site.fleet(PHARMACY)
        terminal = site.enrolling_terminal()
        raw = terminal.wait_for_number(at=site.clock.now)
        assert site.send(terminal).status_code == 200
        return str(uuid.UUID(bytes=id_of(raw)))

    def test_the_number_is_read_from_standard_input_and_opens_the_dossier(
        self, run: Run, site: CentralSite, waiting: str
    ) -> None:
        assert waiting in run("worklist")[1]
        code, out, _ = run("give-ins", waiting, "--by", "AGENT-7", typed=CHILD.compact)
        assert (code, out, opened(site)) == (0, "the dossier is open\n", 1)
        assert waiting not in run("worklist")[1]
        assert run("verify")[0] == 0

    def test_a_number_that_is_none_is_refused_without_repeating_it(self, run: Run, waiting: str) -> None:
        code, out, err = run("give-ins", waiting, "--by", "AGENT-7", typed="114039900000199")
        assert (code, "114039900000199" in out + err) == (1, False)

    def test_the_number_is_no_argument(self, run: Run, waiting: str) -> None:
        with pytest.raises(SystemExit):
            run("give-ins", waiting, CHILD.compact, "--by", "AGENT-7")
