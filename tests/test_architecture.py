"""What holds for the whole tree and no linter checks."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("wire", "kiosk", "central", "provisioning")


def modules(*packages: str) -> Iterator[Path]:
    for package in packages or PACKAGES:
        yield from sorted((ROOT / package).rglob("*.py"))


def tracked() -> list[Path]:
    listing = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / line for line in listing.stdout.splitlines() if (ROOT / line).is_file()]


def imported(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    sources = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    names |= {f"{node.module}.{alias.name}" for node in sources for alias in node.names}
    return names | {node.module or "" for node in sources}


def test_only_settings_read_the_environment() -> None:
    readers = [
        str(path.relative_to(ROOT))
        for path in modules()
        if re.search(r"\bos\.environ|\bimport environ|\bgetenv\b", path.read_text(encoding="utf-8"))
    ]
    assert all(Path(reader).name == "settings.py" for reader in readers), readers


def test_pyscard_stands_in_one_file() -> None:
    users = [path for path in modules() if any(name.split(".")[0] == "smartcard" for name in imported(path))]
    assert [str(path.relative_to(ROOT)) for path in users] == ["kiosk/card_reader/pcsc.py"]


def test_escpos_stands_in_one_folder() -> None:
    users = {path.parent for path in modules() if any(name.split(".")[0] == "escpos" for name in imported(path))}
    assert {str(folder.relative_to(ROOT)) for folder in users} <= {"kiosk/printer"}


def takes_types_apart(path: Path) -> bool:
    calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    names = [(ast.unparse(call.func), {keyword.arg for keyword in call.keywords}) for call in calls]
    return any(
        name.startswith("msgspec.") and (name.endswith((".convert", ".Decoder")) or "type" in keywords)
        for name, keywords in names
    )


def test_types_are_taken_apart_in_one_file() -> None:
    """Two threads that did it at once would end the process (wire/decoders.py)."""
    users = [str(path.relative_to(ROOT)) for path in modules() if takes_types_apart(path)]
    assert users == ["wire/decoders.py"]
    assert not [path for path in modules() if {"msgspec.convert", "msgspec.json", "msgspec.msgpack"} & imported(path)]


def importers(library: str, *packages: str) -> list[str]:
    return [
        str(path.relative_to(ROOT))
        for path in modules(*packages)
        if any(name.split(".")[0] == library for name in imported(path))
    ]


def test_flask_stays_where_requests_come_in() -> None:
    doors = {"app.py", "views.py", "websafety.py", "assembly.py"}
    assert [path for path in importers("flask") if Path(path).name not in doors] == []


def test_the_network_is_used_by_these_links_only() -> None:
    links = [
        "central/handover/link.py",
        "central/messaging/sms.py",
        "central/staff/provider/link.py",
        "kiosk/sync/link.py",
        "provisioning/central_link.py",
    ]
    assert sorted(importers("httpx2")) == links
    assert importers("smtplib") == ["central/messaging/smtp.py"]


def test_only_these_modules_compute_with_keys() -> None:
    # Others may name a key's type to carry it; the primitives themselves stand here and nowhere else.
    primitives = ("hpke", "hkdf", "argon2", "ciphers", "aead", "serialization", "hashes")
    users = {
        str(path.relative_to(ROOT))
        for path in modules()
        if any(name.startswith("cryptography") and name.endswith(primitives) for name in imported(path))
    }
    assert users == {
        "central/keys.py",
        "central/vault/keys.py",
        "central/vault/wraps.py",
        "kiosk/sync/keys.py",
        "provisioning/keys.py",
        "wire/dossier_keys.py",
        "wire/sealing.py",
    }


def test_every_package_says_what_it_is_for() -> None:
    silent = [
        path for path in modules() if path.name == "__init__.py" and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert silent == []


def test_no_template_holds_a_script_or_a_style_of_its_own() -> None:
    guilty = [
        path.relative_to(ROOT)
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.html")
        if re.search(r"<script(?![^>]*\bsrc=)|<style|\son[a-z]+=|\sstyle=", path.read_text(encoding="utf-8"))
    ]
    assert guilty == []


def test_no_registry_is_named_in_the_tree() -> None:
    # The words are put together here so that this file does not name them either.
    hosts = [name.encode() for name in ("pypi" + ".org", "python" + "hosted", "npm" + "js.org", "deb." + "debian.org")]
    guilty = [path.relative_to(ROOT) for path in tracked() if any(host in path.read_bytes() for host in hosts)]
    assert guilty == []


@pytest.mark.parametrize("word", ["TO" + "DO", "FIX" + "ME", "NotImplemented" + "Error"])
def test_nothing_is_left_for_later_in_the_code(word: str) -> None:
    assert [path for path in modules() if word in path.read_text(encoding="utf-8")] == []
