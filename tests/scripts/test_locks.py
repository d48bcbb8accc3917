"""The locks are what a new user installs: complete, hashed, and in step with pyproject.toml."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
EXTRAS = {
    "requirements.lock": ("kiosk", "central", "provisioning"),
    "requirements-dev.lock": ("kiosk", "central", "provisioning", "dev"),
}
LOCKS = sorted(EXTRAS)


def pinned(lock: str) -> dict[str, str]:
    pairs = re.findall(r"^([A-Za-z0-9._-]+)==([^ \n]+)", (ROOT / lock).read_text(), flags=re.MULTILINE)
    return {canonicalize_name(name): version for name, version in pairs}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_requirement_of_the_project_is_pinned_within_its_bounds(lock: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    texts = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    texts += [text for extra in EXTRAS[lock] for text in project["project"]["optional-dependencies"][extra]]
    versions = pinned(lock)
    wanted = [Requirement(text) for text in texts]
    loose = [str(one) for one in wanted if versions.get(canonicalize_name(one.name), "0") not in one.specifier]
    assert loose == []


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_its_hashes(lock: str) -> None:
    entries = re.split(r"\n(?=[a-zA-Z])", (ROOT / lock).read_text().strip())
    assert [entry.split("==")[0] for entry in entries if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_address(lock: str) -> None:
    assert "://" not in (ROOT / lock).read_text()


def test_the_demonstration_needs_no_compiler_and_no_card_library() -> None:
    assert "pyscard" not in pinned("requirements.lock")


def test_tests_run_with_the_versions_that_users_install() -> None:
    assert pinned("requirements.lock").items() <= pinned("requirements-dev.lock").items()
