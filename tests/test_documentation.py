"""What the README and docs/ tell a new user to open or to run is there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])
TEXT = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
LINK = re.compile(r"\]\((?!https?:)([^)#]+)\)")
PROGRAMS = ("central", "central.vault", "provisioning", "kiosk")
COMMAND = re.compile(rf"(?:python -m |`|^ {{3}})({'|'.join(map(re.escape, PROGRAMS))}) ([a-z][a-z-]+)\b", re.MULTILINE)
SCRIPT = re.compile(r"\bscripts/([a-z-]+(?:\.sql)?)\b")
NUMBERED = re.compile(r"# (\d+)\. \S")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    links = LINK.findall(page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_command_that_is_named_exists(program: str) -> None:
    named = {command for of, command in COMMAND.findall(TEXT) if of == program}
    command = [sys.executable, "-m", program, "--help"]
    offered = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert named, "the pages name none: has their form changed?"
    assert {one for one in named if not re.search(rf"[\s{{,|]{one}[\s,}}|]", offered)} == set()


def test_every_script_that_is_named_exists() -> None:
    assert {name for name in SCRIPT.findall(TEXT) if not (ROOT / "scripts" / name).exists()} == set()


def test_decisions_are_numbered_without_a_gap_as_their_files_are() -> None:
    files = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    titles = [NUMBERED.match(file.read_text(encoding="utf-8")) for file in files]
    assert [int(file.name[:4]) for file in files] == list(range(1, len(files) + 1))
    assert [title and int(title[1]) for title in titles] == [int(file.name[:4]) for file in files]


def test_every_setting_a_program_reads_is_explained_to_its_operator() -> None:
    modules = ("kiosk/settings.py", "kiosk/__main__.py", "central/settings.py", "central/vault/settings.py")
    source = "\n".join((ROOT / module).read_text(encoding="utf-8") for module in modules)
    read = set(re.findall(r"\b(?:KIOSK|CENTRAL|VAULT)_[A-Z_]+[A-Z]\b", source)) - {"CENTRAL_SMTP_URL"}
    messaging = (ROOT / "central/messaging/settings.py").read_text(encoding="utf-8")
    read |= set(re.findall(r"\{prefix\}([A-Z_]+)", messaging))
    told = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    assert len(read) > 30
    assert {name for name in read if f"`{name}`" not in told} == set()


@pytest.mark.parametrize("page", [page for page in PAGES if page.parent.name == "docs"], ids=lambda page: page.name)
def test_numbered_sections_follow_one_another(page: Path) -> None:
    numbers = [int(number) for number in re.findall(r"^## (\d+)\. ", page.read_text(encoding="utf-8"), re.MULTILINE)]
    assert numbers == list(range(1, len(numbers) + 1))
