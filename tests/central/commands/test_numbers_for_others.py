"""Service accounts and published series, as the operator types them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from central import __main__ as command_line
from tests.central.web_site import CentralSite

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(site: CentralSite, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setenv("CENTRAL_DATABASE", site.settings.database)
    monkeypatch.setattr(command_line, "system_clock", site.clock)

    def command(*arguments: str) -> tuple[int, str, str]:
        code = command_line.main([*arguments, "--home", str(site.home)])
        out, err = capsys.readouterr()
        return code, out, err

    return command


def token_of(out: str) -> str:
    return out.splitlines()[0].removeprefix("token: ")


def test_a_token_that_was_issued_asks_until_it_is_revoked(run: Run, site: CentralSite) -> None:
    code, out, _ = run("service", "issue", "ars-11", "--role", "regional_manager", "--region", "11")
    headers = {"Authorization": f"Bearer {token_of(out)}"}
    client = site.app.test_client()
    assert (code, client.get("/api/v1/counts", headers=headers).json["scope"]["region"]) == (0, "11")
    assert run("service", "revoke", "ARS-11")[0] == 0
    assert client.get("/api/v1/counts", headers=headers).status_code == 401


def test_the_list_shows_who_may_ask_and_no_token(run: Run, site: CentralSite) -> None:
    token = token_of(run("service", "issue", "PRESSE", "--role", "outsider", "--days", "7")[1])
    run("service", "issue", "ANCIEN", "--role", "national", "--days", "1")
    run("service", "issue", "PERDU", "--role", "auditor")
    run("service", "revoke", "PERDU")
    site.clock.pass_by(days=1)
    listed = run("service", "list")[1]
    assert token not in listed
    assert [line.split("  ") for line in listed.splitlines()] == [
        ["ANCIEN", "national", "France entière", "EXPIRED"],
        ["PERDU", "auditor", "France entière", "REVOKED"],
        ["PRESSE", "outsider", "France entière", "until 2026-11-29"],
    ]


@pytest.mark.parametrize(
    "words",
    [
        "issue ARS-11 --role regional_manager",
        "issue ARS-11 --role national --region 11",
        "issue ARS-11 --role regional_manager --region 99",
        "issue ARS-11 --role national --days 731",
        "issue ARS-11 --role national --days 0",
        "issue A --role national",
        "revoke NOBODY",
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(run: Run, words: str) -> None:
    code, out, err = run("service", *words.split())
    assert (code, out) == (1, "")
    assert err.strip().endswith("]")


def test_published_figures_come_with_us_or_from_a_file(run: Run, tmp_path: Path) -> None:
    assert run("published", "list")[1] == "0 figures by 0 of 0 sources\n"
    assert "added, 0 changed, 0 as they were" in run("published", "import")[1]
    assert "disagree, decrease: " in run("published", "list")[1]
    series, sources = tmp_path / "series.csv", tmp_path / "sources.csv"
    head = "date,since,measure,channel,region,value,highest,precision,source,note"
    series.write_text(f"{head}\n2024,,spaces,,,5,,exact,NEW1,\n", encoding="utf-8")
    assert "no source of this key is known: NEW1" in run("published", "import", str(series))[2]
    sources.write_text("key,name,published_on\nNEW1,Un rapport,2024\n", encoding="utf-8")
    assert run("published", "import", str(series), "--sources", str(sources))[1].startswith("1 figures added")
    assert run("published", "import", str(tmp_path / "none.csv"))[0] == 1


def test_the_description_is_printed_without_a_database(run: Run) -> None:
    assert json.loads(run("openapi")[1])["openapi"] == "3.1.0"
