"""Invariant 5: the code is in the terminal's memory, on paper, and while it is used. Nowhere else."""

from __future__ import annotations

import re

import httpx2
import pytest

from tests.town.canaries import code_on, locator_on, of_code, seen_in, seen_in_memory
from tests.town.town import PHARMACY, Town
from tests.town.visitor import Wishes
from tests.waiting import wait_for

pytestmark = pytest.mark.processes
PASSPHRASE = "quatre mots de passe fictifs"


def activate(town: Town, locator: str, code: str) -> str:
    """Fill in the activation page as a browser does."""
    address = town.vault.address
    with httpx2.Client(base_url=address, trust_env=False, timeout=60, follow_redirects=True) as client:
        page = client.get("/activation").text
        hidden = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page))
        typed = {"locator": locator, "code": code, "passphrase": PASSPHRASE, "passphrase_again": PASSPHRASE}
        headers = {"Sec-Fetch-Site": "same-origin", "Origin": address}
        asked = client.post("/activation", data={**hidden, **typed}, headers=headers)
        if 'value="skip"' not in asked.text:
            return asked.text
        # The e-mail was not proved at the counter, and nobody reads it here: on without a one-time code.
        return asked.text + client.post("/activation/code", data={**hidden, "do": "skip"}, headers=headers).text


def test_invariant_05_the_code_is_on_paper_and_on_no_disk(town: Town) -> None:
    town.start()
    assert town.visit(PHARMACY).enrol("crowd-50", Wishes(email="canari@exemple.fr")) == "done"
    town.wait_until_all_is_sent()
    words = of_code(code_on(town.papers()))
    assert seen_in(town.folder / "papers", words) != []  # it can be found where it is
    assert seen_in(town.folder, words, except_in=[town.folder / "papers"]) == []


def test_invariant_05_central_never_sees_it(town: Town) -> None:
    assert seen_in_memory(town.central.pid, of_code(code_on(town.papers()))) == []


def test_invariant_05_after_activation_it_is_still_on_no_disk(town: Town) -> None:
    code = code_on(town.papers())
    reply = activate(town, locator_on(town.papers()), code.grouped())
    wait_for("central knows", lambda: town.at_central("SELECT 1 FROM accounts WHERE state = 'active'"))
    assert code.grouped() not in reply
    assert seen_in(town.folder, of_code(code), except_in=[town.folder / "papers"]) == []


def test_invariant_05_the_passphrase_is_on_no_disk_either(town: Town) -> None:
    assert seen_in(town.folder, {PASSPHRASE.encode()}) == []
