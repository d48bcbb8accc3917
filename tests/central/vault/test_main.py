from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest

from central.engine import writing
from central.vault.__main__ import main
from central.vault.models import audit, slips
from tests.central.vault.site import PASSPHRASE, VaultSite
from tests.waiting import wait_for
from wire.codes import ActivationCode, Locator


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("VAULT_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def named(site: VaultSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database is not where it would be looked for when nothing is said."""
    monkeypatch.setenv("VAULT_DATABASE", site.settings.database_url)


@pytest.mark.usefixtures("quiet")
def test_without_a_home_the_command_says_what_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["migrate"]) == 1
    assert capsys.readouterr().err == "say where the vault's home is: --home or VAULT_HOME [home_unsaid]\n"


@pytest.mark.usefixtures("quiet")
def test_a_home_that_is_none_is_said_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--home", str(tmp_path)]) == 1
    assert "make-keys" in capsys.readouterr().err


@pytest.mark.usefixtures("quiet")
def test_a_foreign_bundle_is_said_in_one_line(
    make_site: Callable[..., VaultSite], capsys: pytest.CaptureFixture[str]
) -> None:
    site, stranger = make_site(), make_site()
    bundle = site.home / "trust.bundle"
    bundle.write_bytes((stranger.home / "trust.bundle").read_bytes())
    assert main(["serve", "--home", str(site.home)]) == 1
    assert capsys.readouterr().err == "the trust bundle is not signed by the programme root [trust_root]\n"


@pytest.mark.usefixtures("quiet", "named")
def test_verify_counts_the_entries_or_names_the_break(site: VaultSite, capsys: pytest.CaptureFixture[str]) -> None:
    site.opened_dossier()
    assert main(["verify", "--home", str(site.home)]) == 0
    assert "2 entries, chain intact" in capsys.readouterr().out
    with writing(site.engine) as conn:
        conn.execute(audit.update().values(at_ms=1))
    assert main(["verify", "--home", str(site.home)]) == 1
    assert "broken at entry 1" in capsys.readouterr().err


@pytest.mark.usefixtures("quiet", "named")
def test_the_guard_alone_makes_a_requested_code_good(site: VaultSite, capsys: pytest.CaptureFixture[str]) -> None:
    dossier, _ = site.opened_dossier()
    site.take_change(dossier, code=True)
    assert main(["guard", "--home", str(site.home), "--once"]) == 0
    assert [row["state"] for row in site.rows(slips)] == ["void", "live"]


@pytest.mark.usefixtures("quiet", "named")
def test_a_guard_without_its_key_says_so_in_one_line(site: VaultSite, capsys: pytest.CaptureFixture[str]) -> None:
    (site.home / "recovery.key").unlink()
    assert main(["guard", "--home", str(site.home), "--once"]) == 1
    assert "recovery.key cannot be read" in capsys.readouterr().err


@contextmanager
def running(site: VaultSite, *options: str, **settings: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "central.vault", "serve", "--home", str(site.home), "--port", "0", *options]
    environ = {name: value for name, value in os.environ.items() if not name.startswith("VAULT_")}
    environ["VAULT_DATABASE"] = site.settings.database_url
    with subprocess.Popen(command, env=environ | settings, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def served(site: VaultSite) -> Iterator[subprocess.Popen[str]]:
    with running(site) as process:
        yield process


def port_of(process: subprocess.Popen[str], deadline: float) -> int:
    assert process.stderr is not None
    while time.monotonic() < deadline:
        found = re.search(r"Serving on http://127\.0\.0\.1:(\d+)", process.stderr.readline())
        if found:
            return int(found.group(1))
    raise AssertionError("the vault did not start in time")


@pytest.mark.processes
def test_the_served_vault_answers_and_ends_on_sigterm(served: subprocess.Popen[str]) -> None:
    port = port_of(served, time.monotonic() + 30)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10) as answer:
        assert answer.read() == b'{"status":"ok"}\n'
    served.send_signal(signal.SIGTERM)
    assert served.wait(timeout=10) in {0, -signal.SIGTERM}


@pytest.mark.processes
def test_beside_the_server_the_guard_makes_a_requested_code_good(site: VaultSite) -> None:
    dossier, _ = site.opened_dossier()
    site.take_change(dossier, code=True)
    with running(site) as process:
        port_of(process, time.monotonic() + 30)
        wait_for("the code is good", lambda: [row["state"] for row in site.rows(slips)] == ["void", "live"], 30)


@pytest.mark.processes
def test_a_server_without_a_guard_never_reads_the_recovery_key(site: VaultSite) -> None:
    (site.home / "recovery.key").unlink()
    with running(site, "--no-guard") as process:
        port_of(process, time.monotonic() + 30)


def press(port: int, page: str, cookie: str, address: str) -> int:
    """One wrong try of somebody whom the TLS terminator on this machine names by ``address``; the answer's status."""
    token = re.search(r'name="csrf" value="([^"]+)"', page)
    assert token is not None
    typed = {"csrf": token[1], "locator": Locator.new().value, "code": ActivationCode.new().grouped()}
    body = urlencode({**typed, "passphrase": PASSPHRASE, "passphrase_again": PASSPHRASE}).encode()
    headers = {"Cookie": cookie, "Sec-Fetch-Site": "same-origin", "X-Forwarded-For": address}
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("POST", "/activation", body, headers)
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.mark.processes
def test_the_tries_of_one_behind_the_proxy_do_not_shut_out_another(site: VaultSite) -> None:
    """What the app is told of addresses must survive the real server: waitress strips it unless told not to."""
    with running(site, VAULT_TRUSTED_PROXIES="127.0.0.1") as process:
        port = port_of(process, time.monotonic() + 30)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/activation", timeout=10) as answer:
            page, cookie = answer.read().decode(), answer.headers["Set-Cookie"].partition(";")[0]
        flood = [press(port, page, cookie, "203.0.113.9") for _ in range(site.settings.address_tries + 1)]
        assert flood[-1] == 429
        assert press(port, page, cookie, "198.51.100.4") == 404


@pytest.mark.processes
def test_who_is_no_proxy_of_ours_cannot_choose_the_address_that_is_counted(site: VaultSite) -> None:
    with running(site) as process:
        port = port_of(process, time.monotonic() + 30)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/activation", timeout=10) as answer:
            page, cookie = answer.read().decode(), answer.headers["Set-Cookie"].partition(";")[0]
        tries = range(site.settings.address_tries + 1)
        assert [press(port, page, cookie, f"203.0.113.{number}") for number in tries][-1] == 429
