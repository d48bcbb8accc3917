"""What every vault owes central's hand-over, real or fake: the same tests over both."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from central.handover.link import VaultLink
from tests.central.vault.in_process import InProcessLink
from tests.central.vault.site import VaultSite, new_dossier_id
from tests.fakes.vault import FakeVault
from wire.handover import (
    EventsQuery,
    HandOver,
    HandOverItem,
    HandOverOutcome,
    VaultEventKind,
    open_events_answer,
    open_hand_over_answer,
    write_events_query,
    write_hand_over,
)
from wire.trust import KeyUse


@dataclass
class Party:
    """A vault, the key of central that it knows, its own public key, and somebody who activates an account there."""

    link: VaultLink
    central: Ed25519PrivateKey
    vault: Ed25519PublicKey
    item: Callable[[], HandOverItem]
    activate: Callable[[HandOverItem], None]

    def hand_over(self, *items: HandOverItem) -> list[HandOverOutcome]:
        request = write_hand_over(HandOver(sent_ms=1, items=items), self.central)
        answer = open_hand_over_answer(self.link.hand_over(request), self.vault, request=request)
        return [result.outcome for result in answer.results]

    def events(self, after: int, limit: int = 100) -> list[tuple[int, str, bytes]]:
        query = write_events_query(EventsQuery(after=after, limit=limit, sent_ms=1), self.central)
        answer = open_events_answer(self.link.events(query), self.vault, request=query)
        return [(event.number, event.kind, event.dossier_id) for event in answer.events]


def real(site: VaultSite) -> Party:
    made = {}

    def item() -> HandOverItem:
        enrolment = site.enrol()
        one = site.item(enrolment, new_dossier_id())
        made[one.record_id] = enrolment
        return one

    def activate(one: HandOverItem) -> None:
        assert site.activate_slip(made[one.record_id]).status_code == 200

    return Party(
        InProcessLink(site), site.hand_over_key, site.bundle.verifying_key(KeyUse.VAULT_ANSWER), item, activate
    )


def fake(site: VaultSite) -> Party:
    key, central = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    vault = FakeVault(key, central.public_key())

    def activate(one: HandOverItem) -> None:
        vault.tell(VaultEventKind.ACCOUNT_ACTIVATED, one.dossier_id, at_ms=1)

    return Party(vault, central, key.public_key(), lambda: site.item(site.enrol(), new_dossier_id()), activate)


@pytest.fixture(params=[real, fake], ids=["real", "fake"])
def party(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Party]:
    site = VaultSite(tmp_path / "programme")
    yield request.param(site)
    site.close()


def test_an_item_is_kept_once_and_then_already_there(party: Party) -> None:
    item = party.item()
    assert [party.hand_over(item), party.hand_over(item)] == [[HandOverOutcome.KEPT], [HandOverOutcome.ALREADY]]


def test_each_item_has_its_own_outcome_in_order(party: Party) -> None:
    first, second = party.item(), party.item()
    party.hand_over(second)
    assert party.hand_over(first, second) == [HandOverOutcome.KEPT, HandOverOutcome.ALREADY]


def test_a_flag_learnt_between_two_sendings_does_not_make_an_item_another(party: Party) -> None:
    item = party.item()
    party.hand_over(item)
    refused = msgspec.structs.replace(item, centre_15_refused=True)
    assert party.hand_over(refused) == [HandOverOutcome.ALREADY]


def test_events_are_numbered_from_one_and_told_after_the_cursor(party: Party) -> None:
    items = [party.item(), party.item()]
    party.hand_over(*items)
    for item in items:
        party.activate(item)
    kind = VaultEventKind.ACCOUNT_ACTIVATED.value
    assert party.events(0) == [(1, kind, items[0].dossier_id), (2, kind, items[1].dossier_id)]
    assert party.events(1) == [(2, kind, items[1].dossier_id)]
    assert party.events(0, limit=1) == [(1, kind, items[0].dossier_id)]
    assert party.events(2) == []
