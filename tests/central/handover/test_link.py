"""The link on real sockets: what it owes its caller when the other side does not behave."""

from __future__ import annotations

import pytest

from central.errors import SetupError, VaultError
from central.handover.link import HttpVaultLink
from tests.fakes.http_central import reply, running
from wire.handover import HAND_OVER_ANSWER_LIMIT


def test_posts_to_the_two_doors_and_returns_the_body() -> None:
    with running() as vault:
        vault.answer = reply(200, b"signed")
        link = HttpVaultLink(vault.url)
        assert [link.hand_over(b"one"), link.events(b"two")] == [b"signed", b"signed"]
        link.close()
    assert [(seen.path, seen.body) for seen in vault.seen] == [("/v1/hand-over", b"one"), ("/v1/events", b"two")]


@pytest.mark.parametrize("status", [302, 401, 413, 500, 503])
def test_any_other_status_is_no_answer(status: int) -> None:
    with running() as vault:
        vault.answer = reply(status, b"signed", Location="/elsewhere")
        link = HttpVaultLink(vault.url)
        with pytest.raises(VaultError) as refused:
            link.hand_over(b"")
        link.close()
    assert refused.value.code == "vault_status"
    assert len(vault.seen) == 1


def test_an_endless_answer_is_cut_off() -> None:
    with running() as vault:
        vault.answer = reply(200, bytes(HAND_OVER_ANSWER_LIMIT + 1))
        link = HttpVaultLink(vault.url)
        with pytest.raises(VaultError) as refused:
            link.hand_over(b"")
        link.close()
    assert refused.value.code == "vault_too_long"


def test_a_vault_that_says_nothing_is_given_up() -> None:
    with running() as vault:
        vault.answer = lambda _handler: vault.stopping.wait(5) and None
        link = HttpVaultLink(vault.url, timeout_s=0.2)
        with pytest.raises(VaultError) as refused:
            link.hand_over(b"")
        link.close()
        vault.stopping.set()
    assert refused.value.code == "vault_silent"


def test_nobody_at_home_is_silence() -> None:
    with running() as vault:
        url = vault.url
    link = HttpVaultLink(url, timeout_s=1.0)
    with pytest.raises(VaultError) as refused:
        link.events(b"")
    link.close()
    assert refused.value.code == "vault_silent"


def test_the_environments_proxy_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    with running() as vault:
        vault.answer = reply(200, b"signed")
        link = HttpVaultLink(vault.url)
        assert link.events(b"") == b"signed"
        link.close()


@pytest.mark.parametrize("url", ["http://vault.exemple.fr", "ftp://127.0.0.1", "vault"])
def test_in_clear_only_on_this_machine(url: str) -> None:
    with pytest.raises(SetupError):
        HttpVaultLink(url)
