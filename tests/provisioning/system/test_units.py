"""The system files against systemd's own checker, and against what the product really offers."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
from pathlib import Path

import pytest

SYSTEM = Path(__file__).parents[3] / "provisioning" / "system"
UNITS = sorted(SYSTEM.glob("*.service"))
NOT_INSTALLED_HERE = re.compile(r"Command \S+ is not executable: No such file or directory$")


def settings(unit: Path) -> dict[str, list[str]]:
    text = unit.read_text().replace("\\\n", " ")
    pairs = re.findall(r"^(\w+)=(.*)$", text, flags=re.MULTILINE)
    return {name: [value for other, value in pairs if other == name] for name, _ in pairs}


@pytest.fixture(scope="module")
def analyze() -> str | None:
    return shutil.which("systemd-analyze")


def test_there_is_a_unit_for_each_process() -> None:
    assert [unit.stem for unit in UNITS] == [
        "dmp-browser",
        "dmp-central-backup",
        "dmp-central",
        "dmp-hand-over",
        "dmp-terminal",
        "dmp-vault-backup",
        "dmp-vault",
    ]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_systemd_finds_no_fault_but_programs_that_are_not_installed_here(
    unit: Path, tmp_path: Path, analyze: str | None
) -> None:
    if analyze is None:  # a machine without systemd: the grammar at least
        assert {"Description", "ExecStart", "User"} <= set(settings(unit))
        return
    for one in UNITS:  # units name each other
        shutil.copy(one, tmp_path)
    done = subprocess.run(
        [analyze, "verify", "--man=no", str(tmp_path / unit.name)], capture_output=True, text=True, check=False
    )
    findings = [line for line in done.stderr.splitlines() if str(unit.stem) in line]
    assert [line for line in findings if not NOT_INSTALLED_HERE.search(line)] == []


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_no_process_runs_as_root_dumps_core_or_swaps(unit: Path) -> None:
    said = settings(unit)
    assert said["User"] != ["root"]
    assert (said["LimitCORE"], said["MemorySwapMax"], said["UMask"]) == (["0"], ["0"], ["0077"])


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_each_user_is_made_by_the_users_file(unit: Path) -> None:
    made = re.findall(r"^u (\S+)", (SYSTEM / "dmp-users.conf").read_text(), flags=re.MULTILINE)
    assert settings(unit)["User"][0] in made


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_each_python_module_that_a_unit_starts_exists(unit: Path) -> None:
    lines = [line for name, values in settings(unit).items() if name.startswith("ExecStart") for line in values]
    modules = [name for line in lines for name in re.findall(r"-m (kiosk|central\.vault|central)\b", line)]
    assert [name for name in modules if importlib.util.find_spec(f"{name}.__main__") is None] == []


def test_the_browsers_profile_is_on_the_tmpfs_that_goes_with_it() -> None:
    said = settings(SYSTEM / "dmp-browser.service")
    assert said["RuntimeDirectory"] == ["dmp-browser"]
    assert "--user-data-dir=/run/dmp-browser/profile" in said["ExecStart"][0]


def test_the_browser_may_talk_to_this_machine_only() -> None:
    said = settings(SYSTEM / "dmp-browser.service")
    assert (said["IPAddressDeny"], said["IPAddressAllow"]) == (["any"], ["localhost"])


def test_the_printers_rule_gives_it_to_the_terminal_alone() -> None:
    rules = [line for line in (SYSTEM / "60-dmp-printer.rules").read_text().splitlines() if line[:1] not in {"", "#"}]
    assert len(rules) == 3
    for rule in rules:
        assert re.fullmatch(r'(?:[A-Z]+(?:\{\w+\})?(?:==|!=|=)"[^"]*"(?:, |$))+', rule), rule
        assert 'OWNER="dmp-terminal", MODE="0600"' in rule


@pytest.mark.parametrize("service", ["central", "vault"])
def test_a_backup_is_made_by_the_services_own_user_where_a_timer_says_so(service: str) -> None:
    timer = settings(SYSTEM / f"dmp-{service}-backup.timer")
    assert (timer["OnCalendar"], timer["Persistent"]) == (["hourly"], ["true"])
    made, served = (settings(SYSTEM / f"dmp-{service}{part}.service") for part in ("-backup", ""))
    assert made["User"] == served["User"]
    assert made["ExecStart"][0].endswith(f" backup /var/lib/dmp-{service}-backups")


def test_the_workers_numbers_are_on_a_tmpfs_that_is_new_at_each_start() -> None:
    said = settings(SYSTEM / "dmp-central.service")
    assert said["RuntimeDirectory"] == ["dmp-central"]
    assert "PROMETHEUS_MULTIPROC_DIR=/run/dmp-central" in said["Environment"]
