"""What a terminal says of itself with its question: kept when it changes, and only in its own true words."""

from __future__ import annotations

from sqlalchemy import select

from central.devices.models import conditions
from central.engine import reading
from tests.central.web_site import HALL, CentralSite, Terminal
from wire.configuration import Condition, ConfigurationQuery, write_configuration_query
from wire.identifiers import milliseconds

WELL, OUT = Condition(faults=(), enrols=True), Condition(faults=("P-03", "N-01"), enrols=False)


def terminal(site: CentralSite) -> Terminal:
    site.fleet(HALL)
    return site.registered()


def question(asker: Terminal, condition: Condition | None, *, ahead_ms: int = 0) -> bytes:
    asked = milliseconds(asker.site.clock.now) + ahead_ms
    query = ConfigurationQuery(terminal=asker.name, asked_ms=asked, condition=condition)
    return write_configuration_query(query, asker.key)


def send(site: CentralSite, document: bytes) -> None:
    assert site.app.test_client().post("/v1/configuration", data=document).status_code == 200


def held(site: CentralSite) -> list[tuple[str, bool, int]]:
    columns = (conditions.c.faults, conditions.c.enrols, conditions.c.changed_ms)
    with reading(site.engine) as connection:
        return [(row.faults, row.enrols, row.changed_ms) for row in connection.execute(select(*columns))]


def test_a_terminal_of_an_older_release_tells_nothing(site: CentralSite) -> None:
    send(site, question(terminal(site), None))
    assert held(site) == []


def test_the_time_of_a_condition_is_that_of_its_beginning(site: CentralSite) -> None:
    asker = terminal(site)
    began = milliseconds(site.clock.now)
    send(site, question(asker, OUT))
    site.clock.pass_by(minutes=5)
    send(site, question(asker, OUT))
    assert held(site) == [("P-03 N-01", False, began)]


def test_a_new_roll_of_paper_is_told_within_a_question(site: CentralSite) -> None:
    asker = terminal(site)
    send(site, question(asker, OUT))
    site.clock.pass_by(minutes=1)
    send(site, question(asker, WELL))
    assert held(site) == [("", True, milliseconds(site.clock.now))]


def test_an_older_question_replayed_changes_nothing(site: CentralSite) -> None:
    asker = terminal(site)
    old = question(asker, OUT)
    send(site, old)
    site.clock.pass_by(minutes=1)
    send(site, question(asker, WELL))
    send(site, old)
    assert [row[:2] for row in held(site)] == [("", True)]


def test_a_clock_that_is_days_off_tells_nothing(site: CentralSite) -> None:
    send(site, question(terminal(site), OUT, ahead_ms=2 * 86_400_000))
    assert held(site) == []


def test_words_that_are_no_code_are_dropped(site: CentralSite) -> None:
    strange = Condition(faults=("P-03", "<b>", "1 90 03 15", "x" * 300), enrols=True)
    send(site, question(terminal(site), strange))
    assert [row[0] for row in held(site)] == ["P-03"]
