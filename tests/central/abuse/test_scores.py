"""Each score on its own: what it counts, from where on it asks, from where on it holds, and what it leaves in peace."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import pytest

from central.abuse import scores
from central.abuse.opening_hours import local_time
from central.abuse.scores import DAY_MS, NOTICE, Suspicion, Window
from central.abuse.signals import Signal
from wire.identifiers import milliseconds

NOON = milliseconds(datetime.fromisoformat("2019-03-12T11:00:00+00:00"))
MINUTE = 60_000


def opening(number: int, at_ms: int = NOON, **changes: Any) -> Signal:
    fields: dict[str, Any] = {
        "dossier_id": number.to_bytes(16, "big"),
        "record_id": number.to_bytes(16, "big"),
        "office_id": "PHARMACIE-1",
        "terminal_id": "T-1",
        "operator_id": "PHARMA-01",
        "made_ms": at_ms,
        "opens": True,
        "earns": True,
        "reading_s": 40,
    }
    return Signal(**(fields | changes))


def window(signals: Iterable[Signal], *, departement: str = "75", now_ms: int = NOON + DAY_MS) -> Window:
    offices = {"PHARMACIE-1": departement, "PHARMACIE-2": "75"}
    known = frozenset({("PHARMACIE-1", "PHARMA-01"), ("PHARMACIE-2", "PHARMA-01")})
    return Window(sorted(signals, key=lambda one: one.made_ms), offices, known, now_ms)


def found(score: Any, signals: Iterable[Signal], **known: Any) -> list[Suspicion]:
    return list(score(window(signals, **known)))


def queue(many: int, seconds: int, **changes: Any) -> list[Signal]:
    return [opening(number, NOON + number * seconds * 1000, **changes) for number in range(many)]


@pytest.mark.parametrize(
    ("many", "seconds", "percent"), [(8, 40, None), (9, 40, 60), (14, 40, 93), (15, 40, 100), (40, 90, None)]
)
def test_a_burst_is_more_than_a_counter_can_serve(many: int, seconds: int, percent: int | None) -> None:
    suspicions = found(scores.bursts, queue(many, seconds))
    assert [one.percent for one in suspicions] == ([] if percent is None else [percent])
    assert all(len(one.evidence) == many for one in suspicions)


def test_two_terminals_side_by_side_are_no_burst() -> None:
    both = [
        opening(100 * place + number, NOON + number * 90_000, terminal_id=f"T-{place}")
        for place in range(4)
        for number in range(6)
    ]
    assert found(scores.bursts, both) == []


@pytest.mark.parametrize(("utc", "is_night"), [("21:30", True), ("20:30", False), ("04:30", True), ("05:30", False)])
def test_the_night_is_that_of_the_office_s_wall(utc: str, is_night: bool) -> None:
    at_ms = milliseconds(datetime.fromisoformat(f"2019-03-12T{utc}:00+00:00"))
    signals = [opening(number, at_ms + number * 60_000) for number in range(6)]
    assert [one.percent for one in found(scores.at_night, signals)] == ([100] if is_night else [])


def test_at_noon_in_saint_denis_nobody_is_asleep() -> None:
    at_ms = milliseconds(datetime.fromisoformat("2019-03-12T05:00:00+00:00"))
    signals = [opening(number, at_ms) for number in range(6)]
    assert found(scores.at_night, signals, departement="974") == []
    assert local_time(at_ms, "974").hour == 9


def test_the_hours_after_midnight_belong_to_the_evening_before() -> None:
    times = ("2019-03-12T22:00:00+00:00", "2019-03-13T03:00:00+00:00")
    signals = [opening(number, milliseconds(datetime.fromisoformat(times[number % 2]))) for number in range(6)]
    [suspicion] = found(scores.at_night, signals, now_ms=NOON + 2 * DAY_MS)
    assert (suspicion.subject, suspicion.percent) == ("2019-03-12", 100)


def test_a_duty_night_with_a_few_openings_is_left_in_peace() -> None:
    at_ms = milliseconds(datetime.fromisoformat("2019-03-12T23:30:00+00:00"))
    assert found(scores.at_night, [opening(number, at_ms) for number in range(3)]) == []


@pytest.mark.parametrize(("many", "percent"), [(5, None), (6, 60), (10, 100)])
def test_one_telephone_for_many(many: int, percent: int | None) -> None:
    signals = [opening(number, mobile_mark=b"m" * 16) for number in range(many)]
    assert [one.percent for one in found(scores.shared_contacts, signals)] == ([] if percent is None else [percent])


def test_a_telephone_that_goes_around_is_counted_over_all_offices() -> None:
    signals = [opening(number, email_mark=b"e" * 16, office_id=f"PHARMACIE-{1 + number % 2}") for number in range(10)]
    suspicions = found(scores.shared_contacts, signals)
    assert {(one.office_id, one.percent, len(one.evidence)) for one in suspicions} == {
        ("PHARMACIE-1", 100, 5),
        ("PHARMACIE-2", 100, 5),
    }


def test_no_address_stands_in_a_suspicion() -> None:
    signals = [opening(number, email_mark=b"e" * 16) for number in range(10)]
    [suspicion] = found(scores.shared_contacts, signals)
    assert suspicion.subject == f"email {(b'e' * 8).hex()}"


def test_who_attests_under_a_name_the_office_never_gave() -> None:
    [suspicion] = found(scores.unknown_operators, [opening(1), opening(2, operator_id="GHOST-1")])
    assert (suspicion.subject, suspicion.holds, len(suspicion.evidence)) == ("GHOST-1", True, 1)


@pytest.mark.parametrize(
    ("fast", "slow", "percent"), [(10, 0, 100), (10, 30, 100), (10, 31, None), (6, 0, 60), (5, 0, None)]
)
def test_nobody_reads_in_four_seconds_again_and_again(fast: int, slow: int, percent: int | None) -> None:
    signals = [opening(number, reading_s=4 if number < fast else 40) for number in range(fast + slow)]
    assert [one.percent for one in found(scores.unread, signals)] == ([] if percent is None else [percent])


def test_a_record_that_does_not_tell_how_long_it_took_is_not_fast() -> None:
    assert found(scores.unread, [opening(number, reading_s=None) for number in range(20)]) == []


def again(number: int, office: str) -> Signal:
    return opening(
        number,
        NOON + DAY_MS // 2,
        record_id=(1000 + number).to_bytes(16, "big"),
        office_id=office,
        opens=False,
        earns=False,
    )


def test_persons_who_enrol_again_elsewhere_point_at_who_opened_first() -> None:
    signals = [opening(number) for number in range(100)] + [again(number, "PHARMACIE-2") for number in range(6)]
    [suspicion] = found(scores.duplicates, signals)
    assert (suspicion.office_id, suspicion.percent, len(suspicion.evidence)) == ("PHARMACIE-1", 100, 6)


def test_who_comes_again_to_the_same_office_points_at_nobody() -> None:
    signals = [opening(number) for number in range(10)] + [again(number, "PHARMACIE-1") for number in range(8)]
    assert found(scores.duplicates, signals) == []


def test_a_large_office_has_some_who_forget() -> None:
    signals = [opening(number) for number in range(400)] + [again(number, "PHARMACIE-2") for number in range(8)]
    assert found(scores.duplicates, signals) == []


def ripe(office: str, many: int, activated: int, first: int) -> list[Signal]:
    return [
        opening(first + number, NOON - 60 * DAY_MS, office_id=office, activated=number < activated)
        for number in range(many)
    ]


def test_slips_that_lie_unused_are_judged_by_rate_and_only_when_old_enough() -> None:
    signals = ripe("PHARMACIE-1", 150, 0, 0) + ripe("PHARMACIE-2", 1500, 600, 1000)
    [suspicion] = found(scores.never_activated, signals)
    assert (suspicion.office_id, suspicion.holds) == ("PHARMACIE-1", True)
    fresh = [opening(number, office_id="PHARMACIE-1") for number in range(150)]
    assert found(scores.never_activated, fresh + ripe("PHARMACIE-2", 1500, 600, 1000)) == []


def test_few_slips_say_nothing() -> None:
    assert found(scores.never_activated, ripe("PHARMACIE-1", 39, 0, 0) + ripe("PHARMACIE-2", 1500, 600, 1000)) == []


def test_what_is_not_paid_is_not_looked_at() -> None:
    signals = queue(40, 10, earns=False, operator_id="GHOST-1", reading_s=1, mobile_mark=b"m" * 16)
    assert scores.suspicions(window(signals)) == []


def test_the_strongest_stand_first() -> None:
    signals = queue(15, 30, operator_id="GHOST-1")
    percents = [one.percent for one in scores.suspicions(window(signals))]
    assert percents == sorted(percents, reverse=True)
    assert min(percents) >= NOTICE
