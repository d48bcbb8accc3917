"""What pyproject.toml asks for stands in the locks: a clean machine gets every library that the code imports."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Final

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PRODUCT: Final = ("kiosk", "central", "provisioning")
LOCKS: Final = {"requirements.lock": PRODUCT, "requirements-dev.lock": (*PRODUCT, "usb", "dev")}
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*])?==(\S+)", re.MULTILINE)


@pytest.mark.parametrize("lock", LOCKS)
def test_the_lock_pins_a_fitting_version_of_all_that_is_asked_for(lock: str) -> None:
    pinned = {
        canonicalize_name(name): version for name, version in PINNED.findall((ROOT / lock).read_text(encoding="utf-8"))
    }
    asked = [*PROJECT["dependencies"]]
    asked += [line for extra in LOCKS[lock] for line in PROJECT["optional-dependencies"][extra]]
    wanted = [Requirement(line) for line in asked]
    assert [
        str(one)
        for one in wanted
        if not one.specifier.contains(pinned.get(canonicalize_name(one.name), "0"), prereleases=True)
        or canonicalize_name(one.name) not in pinned
    ] == []
