from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from central.engine import writing
from central.vault.events import PAGE_LIMIT, tell
from tests.central.vault.site import VaultSite, new_dossier_id
from wire.handover import HAND_OVER_ANSWER_LIMIT, EventsAnswer, VaultEventKind
from wire.trust import KeyUse


def told(site: VaultSite, count: int) -> None:
    with writing(site.engine) as conn:
        for number in range(count):
            tell(conn, VaultEventKind.ACCOUNT_ACTIVATED, new_dossier_id(), at_ms=number)


def numbers(answer: EventsAnswer) -> list[int]:
    return [event.number for event in answer.events]


def test_events_are_numbered_from_one_without_a_hole(site: VaultSite) -> None:
    told(site, 3)
    assert numbers(site.events()) == [1, 2, 3]


def test_the_cursor_goes_on_where_it_stopped(site: VaultSite) -> None:
    told(site, 5)
    assert numbers(site.events(after=2, limit=2)) == [3, 4]
    assert numbers(site.events(after=5)) == []


@pytest.mark.parametrize("limit", [10_000, PAGE_LIMIT])
def test_one_answer_is_bounded_whatever_is_asked(site: VaultSite, limit: int) -> None:
    told(site, PAGE_LIMIT + 1)
    assert numbers(site.events(limit=limit)) == list(range(1, PAGE_LIMIT + 1))


def test_the_largest_answer_fits_into_what_central_reads(site: VaultSite) -> None:
    told(site, PAGE_LIMIT)
    assert len(site.post("/v1/events", site.events_query(limit=PAGE_LIMIT)).data) < HAND_OVER_ANSWER_LIMIT


@pytest.mark.parametrize("limit", [0, -1])
def test_asking_for_nothing_gives_nothing(site: VaultSite, limit: int) -> None:
    told(site, 1)
    assert numbers(site.events(limit=limit)) == []


def test_a_forged_query_is_refused(site: VaultSite) -> None:
    answer = site.post("/v1/events", site.events_query(key=Ed25519PrivateKey.generate()))
    assert (answer.status_code, answer.json["code"]) == (401, "signature")  # type: ignore[index]


def test_a_query_signed_with_another_key_of_the_programme_is_refused(site: VaultSite) -> None:
    assert site.post("/v1/events", site.events_query(key=site.service_key(KeyUse.ANSWER))).status_code == 401


def test_a_hand_over_is_no_query(site: VaultSite) -> None:
    assert site.post("/v1/events", site.request([])).status_code == 401
