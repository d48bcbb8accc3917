from __future__ import annotations

from datetime import timedelta

from central.engine import reading, writing
from central.vault import throttle
from central.vault.models import attempts
from central.vault.throttle import SubjectKind, subject
from tests.central.vault.site import VaultSite

WINDOW = timedelta(minutes=15)
NAME = bytes(32)


def test_a_locator_and_an_address_of_the_same_letters_are_counted_apart() -> None:
    assert subject(SubjectKind.LOCATOR, "A", b"key") != subject(SubjectKind.ADDRESS, "A", b"key")


def test_the_database_holds_no_address_without_the_key() -> None:
    assert subject(SubjectKind.ADDRESS, "192.0.2.7", b"one key") != subject(SubjectKind.ADDRESS, "192.0.2.7", b"other")


def noted(site: VaultSite, *times: int) -> None:
    with writing(site.engine) as conn:
        for time in times:
            throttle.note(conn, NAME, window=WINDOW, now_ms=time)


def waiting(site: VaultSite, now_ms: int, limit: int = 3) -> timedelta | None:
    with reading(site.engine) as conn:
        return throttle.wait(conn, NAME, limit=limit, window=WINDOW, now_ms=now_ms)


def test_below_the_limit_nobody_waits(site: VaultSite) -> None:
    noted(site, 0, 0)
    assert waiting(site, 0) is None


def test_at_the_limit_one_waits_until_the_oldest_try_leaves_the_window(site: VaultSite) -> None:
    noted(site, 1_000, 2_000, 2_000)
    assert waiting(site, 61_000) == timedelta(minutes=14)


def test_the_window_moves_with_the_tries(site: VaultSite) -> None:
    noted(site, 1_000, 2_000, 3_000)
    assert waiting(site, 1_000 + 15 * 60_000) is None


def test_tries_in_one_millisecond_are_all_counted(site: VaultSite) -> None:
    noted(site, 5, 5, 5)
    assert site.count(attempts) == 3
