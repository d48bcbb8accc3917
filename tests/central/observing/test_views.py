"""Readiness and numbers of both services: who may read them, what they say, and that they say nothing of anybody."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from central.app import create_app
from central.engine import writing
from central.observing.settings import ObservingSettings, ObservingSetupError, observing_settings
from provisioning.authority import renew_bundle
from tests.central.vault.site import VaultSite
from tests.central.web_site import HALL, CentralSite

TOKEN = "a-token-of-monitoring-4711-0815"
HERE = {"REMOTE_ADDR": "127.0.0.1"}


@pytest.fixture(params=["central", "vault"])
def service(request: pytest.FixtureRequest, site: CentralSite, tmp_path: Path) -> Iterator[Flask]:
    if request.param == "central":
        yield site.app
        return
    vault = VaultSite(tmp_path / "with-a-vault")
    yield vault.app
    vault.close()


@contextmanager
def observed(site: CentralSite, settings: ObservingSettings) -> Iterator[Flask]:
    """The same central with other settings of who may look."""
    app = create_app(replace(site.settings, observing=settings), clock=site.clock)
    yield app
    app.extensions["central"].dispose()


@pytest.mark.parametrize("path", ["/readyz", "/metrics"])
def test_this_machine_may_look(service: Flask, path: str) -> None:
    assert service.test_client().get(path, environ_base=HERE).status_code == 200


@pytest.mark.parametrize("path", ["/readyz", "/metrics"])
@pytest.mark.parametrize(
    ("address", "headers"),
    [
        ("203.0.113.9", {}),
        ("", {}),
        ("127.0.0.1", {"X-Forwarded-For": "203.0.113.9"}),
        ("127.0.0.1", {"Forwarded": "for=203.0.113.9"}),
        ("127.0.0.1", {"X-Real-IP": "127.0.0.1"}),
    ],
    ids=["elsewhere", "nowhere", "through a proxy", "through a newer proxy", "through another proxy"],
)
def test_others_find_nothing_there(service: Flask, path: str, address: str, headers: dict[str, str]) -> None:
    answer = service.test_client().get(path, environ_base={"REMOTE_ADDR": address}, headers=headers)
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("given", "status"),
    [(f"Bearer {TOKEN}", 200), ("Bearer wrong", 404), (TOKEN, 404), ("Bearer é", 404), (None, 404)],
    ids=["the token", "another", "without its word", "not ASCII", "nothing"],
)
def test_with_a_token_it_alone_decides_also_on_this_machine(site: CentralSite, given: str | None, status: int) -> None:
    headers = {} if given is None else {"Authorization": given}
    with observed(site, ObservingSettings(token=TOKEN)) as app:
        assert app.test_client().get("/metrics", environ_base=HERE, headers=headers).status_code == status


def test_all_is_well(service: Flask) -> None:
    answer = service.test_client().get("/readyz", environ_base=HERE)
    words = {"database": "ok", "migrations": "ok", "bundle": "ok", "disk": "ok"}
    assert answer.json == {"status": "ready", "checks": words}


def not_ready(app: Flask) -> dict[str, str]:
    answer = app.test_client().get("/readyz", environ_base=HERE)
    assert (answer.status_code, answer.json["status"]) == (503, "not_ready")
    return {name: word for name, word in answer.json["checks"].items() if word != "ok"}


def test_a_database_of_another_release_is_not_ready(site: CentralSite) -> None:
    assert site.app
    with writing(site.engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    assert not_ready(site.app) == {"migrations": "other_release"}


def test_a_bundle_that_has_run_out_is_not_ready_and_a_new_one_is(site: CentralSite) -> None:
    assert site.app
    site.clock.pass_by(days=400)
    assert not_ready(site.app) == {"bundle": "failed"}
    renew_bundle(site.programme, now=site.clock.now, days=365)
    assert site.app.test_client().get("/readyz", environ_base=HERE).status_code == 200


@pytest.mark.only_on("sqlite")
def test_a_database_that_is_gone_is_not_ready_and_the_process_lives(
    site: CentralSite, caplog: pytest.LogCaptureFixture
) -> None:
    site.app.extensions["central"].dispose()
    site.engine.dispose()
    for file in site.home.glob("central.db*"):
        file.unlink()
    (site.home / "central.db").mkdir()
    assert set(not_ready(site.app)) == {"database", "migrations"}
    assert site.app.test_client().get("/healthz").status_code == 200
    assert "dmp_central_database_up 0.0" in numbers(site.app)
    assert str(site.home) not in caplog.text


def test_a_disk_that_is_nearly_full_is_not_ready(site: CentralSite) -> None:
    with observed(site, ObservingSettings(disk_floor=1 << 60)) as app:
        assert not_ready(app) == {"disk": "low"}


def numbers(app: Flask) -> str:
    return app.test_client().get("/metrics", environ_base=HERE).text


def test_requests_are_counted_by_endpoint_method_and_class_of_status(site: CentralSite) -> None:
    client = site.app.test_client()
    client.get("/connexion")
    client.post("/v1/batches", data=b"rubbish")
    said = numbers(site.app)
    assert 'dmp_central_requests_total{endpoint="staff.sign_in",method="GET",status="2xx"} 1.0' in said
    assert 'dmp_central_requests_total{endpoint="intake.batches",method="POST",status="4xx"} 1.0' in said
    assert 'dmp_central_request_seconds_count{endpoint="staff.sign_in"} 1.0' in said


def test_what_a_caller_makes_up_grows_no_label(service: Flask) -> None:
    before = {line.split("{")[0] + line.split("}")[0] for line in numbers(service).splitlines() if "{" in line}
    client = service.test_client()
    for number in range(30):
        client.get(f"/canari-{number}?nir=255081416802538")
        client.open("/healthz", method=f"CANARI{number}")
        client.get("/healthz", headers={"Host": f"canari-{number}.exemple"})
    said = numbers(service)
    after = {line.split("{")[0] + line.split("}")[0] for line in said.splitlines() if "{" in line}
    assert "canari" not in said.lower()
    assert "255081416802538" not in said
    assert len(after - before) < 60


def test_what_waits_for_somebody_is_a_number_and_names_no_terminal(site: CentralSite) -> None:
    site.fleet(HALL)
    site.ticket("HALL-75-01-A")
    said = numbers(site.app)
    assert 'dmp_central_terminals{state="expected"} 1.0' in said
    assert 'dmp_central_handovers{state="waiting"} 0.0' in said
    assert "dmp_central_database_up 1.0" in said
    assert "HALL-75" not in said


def test_the_age_of_the_last_backup_is_told(site: CentralSite) -> None:
    assert "last_backup" not in numbers(site.app)
    (site.home / "backup.made").touch()
    assert "dmp_central_last_backup_timestamp_seconds 1" in numbers(site.app)


def test_settings_say_what_is_wrong_and_never_the_token(tmp_path: Path) -> None:
    file = tmp_path / "token"
    for content, mode in ((TOKEN, 0o644), ("short", 0o600), ("", 0o600)):
        file.write_text(content)
        file.chmod(mode)
        with pytest.raises(ObservingSetupError) as caught:
            observing_settings({"X_METRICS_TOKEN_FILE": str(file)}, "X_")
        assert not content or content not in str(caught.value)
    with pytest.raises(ObservingSetupError):
        observing_settings({"X_DISK_FLOOR_MB": "-1"}, "X_")


def test_the_usual_settings_are_no_token_and_a_gigabyte() -> None:
    usual = observing_settings({}, "X_")
    assert (usual.token, usual.disk_floor, usual.shared) == (None, 1 << 30, None)


TWO_WORKERS = """
import os
from central.wsgi import app
if (child := os.fork()) == 0:
    app.test_client().get("/connexion")
    os._exit(0)
os.waitpid(child, 0)
app.test_client().get("/connexion")
print(app.test_client().get("/metrics", environ_base={"REMOTE_ADDR": "127.0.0.1"}).text)
"""


@pytest.mark.processes
def test_several_workers_put_their_numbers_together(site: CentralSite, tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    environment = {
        **os.environ,
        "CENTRAL_HOME": str(site.home),
        "CENTRAL_DATABASE": site.settings.database,
        "PROMETHEUS_MULTIPROC_DIR": str(tmp_path / "shared"),
    }
    done = subprocess.run(
        [sys.executable, "-c", TWO_WORKERS],
        env=environment,
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    said = 'dmp_central_requests_total{endpoint="staff.sign_in",method="GET",status="2xx"} 2.0'
    assert said in done.stdout, done.stdout + done.stderr
