"""OPT_OUT through the town: whoever was informed by letter opposes at a terminal, and nothing opens for them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from processes import run_command

from tests.fakes.programme import TEST_OID
from tests.journeys.guest import Guest
from tests.journeys.records import Traces
from tests.town.crowd import person
from tests.town.town import HALL, Town, copy_of
from tests.town.wishes import Wishes
from tests.waiting import wait_for

COLUMNS = ("nir", "ins_oid", "family_name", "given_name", "birth_date", "informed_on")
CONFIGURED = "SELECT 1 FROM facts WHERE name = 'configuration_etag'"
LONG_AGO = "2026-01-05"  # more than six weeks before any run of these tests

pytestmark = [pytest.mark.browser, pytest.mark.processes]


@pytest.fixture(scope="module")
def town(founded_town: Town, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A town in which dossiers open by themselves six weeks after the letter."""
    own = copy_of(founded_town, tmp_path_factory.mktemp("opt-out") / "town")
    own.central.environment = {**own.central.environment, "CENTRAL_REGIME": "opt_out"}
    try:
        own.start(terminals=False)  # else the terminal finds nobody, and asks again in half a minute
        own.start()
        wait_for("the hall terminal has central's configuration", lambda: own.at_terminal(HALL, CONFIGURED))
        yield own
    finally:
        own.stop()


def informed(town: Town, number: int) -> None:
    """Somebody of the crowd was told by letter, long enough ago."""
    one, letters = person(number), town.folder / f"letters-{number}.csv"
    told = [one.number, TEST_OID, one.family_name, one.given_name, one.birth_date, LONG_AGO]
    letters.write_text("\n".join([";".join(COLUMNS), ";".join(told), ""]), encoding="utf-8")
    home = ("--home", str(town.folder / "central"))
    run_command("central", "inform", str(letters), *home, environment=dict(town.central.environment))


def register(town: Town) -> list[str]:
    """Where those who were informed stand."""
    return [str(state) for (state,) in town.at_central("SELECT state FROM automatic_register")]


def test_who_opposes_at_a_terminal_gets_no_dossier_by_itself(town: Town, hall: Guest) -> None:
    before = Traces(town)
    hall.speak("en")
    hall.up_to("oppose", card="crowd-980", wishes=Wishes(aim="opposition"))
    hall.picture("oppose")
    assert hall.enrol_on(Wishes(aim="opposition")) == "thanks"
    town.wait_until_all_is_sent(HALL)
    assert register(town) == ["opposed"]
    informed(town, 980)
    informed(town, 981)  # and somebody who did not
    home = ("--home", str(town.folder / "central"))
    run_command("central", "open-due", *home, environment=dict(town.central.environment))
    wait_for("one dossier opened by itself", lambda: len(before.dossiers()) == 1)
    assert sorted(register(town)) == ["opposed", "settled"]
