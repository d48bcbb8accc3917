"""How often one may try, and how long the lock is."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from central.engine import in_transaction, reading
from central.staff import tries
from central.staff.door import Door, SignInOutcome
from central.staff.keys import factor_key
from central.staff.models import sign_in_tries
from central.staff.sign_in import Credentials, SignInDesk
from central.staff.tries import ADDRESS_TRIES, TRIES, Counted, name_key
from tests.central.web_site import PASSWORD, CentralSite

HERE, ELSEWHERE = "192.0.2.7", "192.0.2.8"


@pytest.fixture
def desk(site: CentralSite) -> SignInDesk:
    site.manager("RESP-11", "11")
    return SignInDesk(Door(site.engine, site.passwords, factor_key(site.home), 1, asks_second_factor=False))


def outcome(site: CentralSite, desk: SignInDesk, name: str, password: str, address: str = HERE) -> SignInOutcome:
    return desk.admit(Credentials(name, password, address), now=site.clock.now).outcome


def lock_out(site: CentralSite, desk: SignInDesk, name: str = "RESP-11") -> None:
    while outcome(site, desk, name, "wrong") is not SignInOutcome.LOCKED:
        pass


def test_each_lock_in_a_row_is_twice_as_long(site: CentralSite, desk: SignInDesk) -> None:
    for minutes in (15, 30, 60, 120):
        lock_out(site, desk)
        site.clock.pass_by(minutes=minutes, seconds=-1)
        assert outcome(site, desk, "RESP-11", PASSWORD) is SignInOutcome.LOCKED
        site.clock.pass_by(seconds=1)


def test_a_lock_is_never_longer_than_a_night() -> None:
    assert [tries.lock_length(locks).total_seconds() / 60 for locks in (0, 1, 5, 99)] == [15, 30, 480, 480]


def test_a_sign_in_makes_the_next_lock_a_short_one_again(site: CentralSite, desk: SignInDesk) -> None:
    lock_out(site, desk)
    site.clock.pass_by(minutes=15)
    assert outcome(site, desk, "RESP-11", PASSWORD) is SignInOutcome.WELCOME
    lock_out(site, desk)
    site.clock.pass_by(minutes=15)
    assert outcome(site, desk, "RESP-11", PASSWORD) is SignInOutcome.WELCOME


def test_one_address_cannot_go_through_the_names(site: CentralSite, desk: SignInDesk) -> None:
    said = [outcome(site, desk, f"NAME-{number}", "wrong") for number in range(ADDRESS_TRIES + 1)]
    assert said[:-2] == [SignInOutcome.WRONG] * (ADDRESS_TRIES - 1)
    assert said[-1] is SignInOutcome.LOCKED
    assert outcome(site, desk, "RESP-11", PASSWORD) is SignInOutcome.LOCKED
    assert outcome(site, desk, "RESP-11", PASSWORD, ELSEWHERE) is SignInOutcome.WELCOME


def test_a_locked_address_does_not_use_up_a_names_tries(site: CentralSite, desk: SignInDesk) -> None:
    for number in range(ADDRESS_TRIES):
        outcome(site, desk, f"NAME-{number}", "wrong")
    for _ in range(TRIES):
        outcome(site, desk, "RESP-11", "wrong")
    assert outcome(site, desk, "RESP-11", "wrong", ELSEWHERE) is SignInOutcome.WRONG


def test_those_who_sign_in_rightly_never_lock_their_office_s_address(site: CentralSite, desk: SignInDesk) -> None:
    said = {outcome(site, desk, "RESP-11", PASSWORD) for _ in range(ADDRESS_TRIES + 1)}
    assert said == {SignInOutcome.WELCOME}


def test_a_right_password_does_not_wash_an_address_clean(site: CentralSite, desk: SignInDesk) -> None:
    for number in range(ADDRESS_TRIES - 1):
        outcome(site, desk, f"NAME-{number}", "wrong")
    outcome(site, desk, "RESP-11", PASSWORD)
    outcome(site, desk, "NAME-X", "wrong")
    assert outcome(site, desk, "RESP-11", PASSWORD) is SignInOutcome.LOCKED


def test_the_page_says_when_to_come_back(site: CentralSite, desk: SignInDesk) -> None:
    lock_out(site, desk)
    site.clock.pass_by(minutes=5)
    answer = site.browser().sign_in("RESP-11")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "600")
    assert "10\n    minutes" in answer.text


def test_the_table_names_neither_address_nor_name(site: CentralSite, desk: SignInDesk) -> None:
    outcome(site, desk, "TYPED-A-PASSWORD-HERE", "x")
    with reading(site.engine) as connection:
        rows = connection.execute(select(sign_in_tries)).all()
    assert len(rows) == 2
    assert not [row for row in rows if HERE.encode() in row.name_hash or b"TYPED" in row.name_hash]


def test_the_last_try_is_told_from_the_others(site: CentralSite) -> None:
    key = name_key("X")
    charges = [
        in_transaction(site.engine, lambda c: tries.charge(c, key, Counted.NAME, now=site.clock.now))
        for _ in range(TRIES + 1)
    ]
    assert [charge.locks is not None for charge in charges] == [False] * 4 + [True, False]
    assert [charge.is_allowed for charge in charges] == [True] * 5 + [False]
