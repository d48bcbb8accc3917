"""What scripts/demo says to a new user whose machine lacks something; run as a copy, so that no .venv is near."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "scripts").mkdir()
    for name in ("scripts/demo", "requirements.lock", "requirements-dev.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def run(checkout: Path, python: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(checkout / "scripts" / "demo"), *arguments],
        env={"PATH": "/usr/bin:/bin", "PYTHON": python},
        capture_output=True,
        text=True,
        check=False,
    )


def python_that(checkout: Path, body: str) -> str:
    stub = checkout / "python-stub"
    stub.write_text(f"#!/bin/sh\n{body}\n")
    stub.chmod(0o755)
    return str(stub)


def test_without_a_python_it_names_the_packages_to_install(checkout: Path) -> None:
    done = run(checkout, "no-such-python")
    assert (done.returncode, "apt-get install python3 python3-venv" in done.stderr) == (2, True)


def test_with_an_old_python_it_says_which_one_is_needed(checkout: Path) -> None:
    old = 'case "$*" in *version_info*) exit 1;; *--version*) echo Python 3.9.2;; esac'
    done = run(checkout, python_that(checkout, old))
    assert (done.returncode, "Python 3.9.2 is too old: Python 3.11" in done.stderr) == (2, True)


def test_without_venv_it_names_the_package_and_makes_nothing(checkout: Path) -> None:
    lacking = 'case "$*" in *ensurepip*) exit 1;; esac'
    done = run(checkout, python_that(checkout, lacking))
    assert (done.returncode, "apt-get install python3-venv" in done.stderr) == (2, True)
    assert not (checkout / ".venv").exists()


def test_a_broken_environment_is_named_and_not_touched(checkout: Path) -> None:
    (checkout / ".venv").mkdir()
    done = run(checkout, "python3")
    assert (done.returncode, "remove it and run this again" in done.stderr) == (2, True)


def test_help_needs_no_environment(checkout: Path) -> None:
    done = run(checkout, "no-such-python", "--help")
    assert (done.returncode, "--once" in done.stdout) == (0, True)
