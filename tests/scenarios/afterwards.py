"""What every scenario owes at its end, written in none: the next person enrols, nothing personal is left, all is sent.

1. What is still broken is mended, the card taken out, and the terminal comes back to its waiting screen.
2. Nothing of a journey is in the session, and no thread has died or been left behind.
3. Somebody else enrols: screens, two whole papers, a code that was on no paper before.
4. No name, number, contact, locator or code stands in clear in any file of the terminal.
5. With the line up, all that the disk kept arrives at central, once, in one unbroken chain.
6. Every whole slip's code is the one that a record asked for, and no code can be read on two papers.
"""

from __future__ import annotations

from collections.abc import Iterable

from kiosk.card_reader.virtual.people import card_of
from kiosk.card_reader.virtual.scenario import Scenario as CardScenario
from kiosk.card_reader.virtual.scenario import plain
from kiosk.enrolment.steps import JourneyKind
from tests.scenarios.codes import demand_codes_of_records
from tests.scenarios.expecting import Sheet, records_on, sheets, sheets_of
from tests.scenarios.rig import ScenarioRig
from tests.scenarios.script import Repair, Scenario, duration
from tests.scenarios.strike import mend
from tests.town.wishes import Wishes
from tests.waiting import wait_for, wait_until

NEXT = plain(card_of("anais"))
NEXT_WISHES = Wishes(email="suivant@exemple.fr")
_WAITS = ("attract", "sign_in")
_LONG = duration("+200 s")  # longer than any screen waits for somebody
_BACKOFF = duration("+10 min")


def people_on(card: CardScenario) -> set[str]:
    """Words that must not be left anywhere: names and numbers of everybody on that card and its successor."""
    successor = people_on(card.successor) if card.successor is not None else set()
    words = {word for person in card.card.persons for word in (person.family_name, person.given_name, person.number)}
    return successor | words - {""}


def owed_after(rig: ScenarioRig, scenario: Scenario) -> None:
    """All of the above.

    Raises:
        AssertionError, TimeoutError: something is owed still.
    """
    come_to_rest(rig)
    nothing_left(rig)
    if scenario.ends_closed:
        assert rig.screen.look() == "out_of_service", rig.screen.step
    else:
        next_enrols(rig)
    nothing_in_clear(rig, scenario)
    if not scenario.ends_closed:
        everything_arrives(rig)
        demand_codes_of_records(rig)
    all_threads_live(rig)


def come_to_rest(rig: ScenarioRig) -> None:
    """1."""
    for repair in Repair:
        mend(rig, repair)
    rig.around.pull()
    wait_for("the card is seen to be out", lambda: rig.terminal.devices.reader.presence().state.value == "empty")
    rig.beat()
    for _ in range(3):
        wait_for("the work is done", lambda: rig.screen.look() not in {"printing", "reading", "status"})
        if rig.screen.step in {*_WAITS, "out_of_service"}:
            break
        rig.pass_time(_LONG)


def nothing_left(rig: ScenarioRig) -> None:
    """2: the session itself, and the page."""
    session = rig.terminal.session
    journey = session.screen().journey
    assert (journey.card, journey.person, journey.contact, journey.identity) == (None, None, None, None)
    assert session._handing_out._opening is None
    page = rig.screen.html
    assert not [word for word in rig.met if word in page]


def next_enrols(rig: ScenarioRig) -> None:
    """3."""
    before = {sheet.code for sheet in sheets(rig)}
    papers = [len(printer.papers) for printer in rig.around.printers]
    if rig.around.site.place is JourneyKind.COUNTER:
        rig.screen.walk("attract", wishes=NEXT_WISHES)
    assert rig.screen.look() == "attract", f"the next person finds {rig.screen.step} {rig.screen.fault or ''}"
    rig.met |= people_on(NEXT)
    rig.around.insert(NEXT)
    wait_for("the next person's card is noticed", lambda: rig.screen.look() != "attract")
    last = rig.screen.walk("thanks", "done", "paper", "stopped", "out_of_service", wishes=NEXT_WISHES)
    assert last in {"thanks", "done"}, f"the next person ends on {last} {rig.screen.fault or ''}"
    new = [
        sheet
        for printer, known in zip(rig.around.printers, papers, strict=True)
        for sheet in sheets_of(printer.papers[known:])
    ]
    assert [str(sheet) for sheet in new] == ["A1 whole", "B1 whole"], [str(sheet) for sheet in new]
    assert new[1].code not in before
    rig.around.pull()
    wait_for("the terminal waits again", lambda: _rests(rig))


def nothing_in_clear(rig: ScenarioRig, scenario: Scenario) -> None:
    """4."""
    contacts = {scenario.answers.email, scenario.answers.mobile, NEXT_WISHES.email} - {""}
    words = rig.met | contacts | _secrets(sheets(rig))
    for path in rig.around.home.iterdir():
        content = path.read_bytes() if path.is_file() else b""
        found = [word for word in words if word.encode() in content or word.encode("latin-1") in content]
        assert not found, f"{len(found)} personal words in clear in {path.name}"


def everything_arrives(rig: ScenarioRig) -> None:
    """5."""
    rig.around.central.down = False
    rig.pass_time(_BACKOFF)
    wait_for("all is sent", lambda: rig.terminal.outbox.waiting() == 0)
    kept = sum(records_on(rig).values())
    assert len(rig.around.central.arrived) == kept, f"{len(rig.around.central.arrived)} arrived, {kept} kept"
    assert rig.around.central.unbroken_chain()


def all_threads_live(rig: ScenarioRig) -> None:
    """2: everyone who was there at the start, and nobody who should have gone."""
    if not wait_until(lambda: _all_are_there(rig) and not rig.staff() - rig.staff_at_start, 15):
        raise AssertionError(f"threads {rig.staff()}, at the start {rig.staff_at_start}")


def _rests(rig: ScenarioRig) -> bool:
    if rig.screen.look() not in {"attract", "thanks", "done"}:
        return False
    if rig.screen.step != "attract":
        rig.screen.touch("leave")
    return rig.screen.look() == "attract"


def _secrets(papers: Iterable[Sheet]) -> set[str]:
    codes = {sheet.code for sheet in papers if sheet.code}
    return codes | {code.replace("-", "") for code in codes} | {sheet.locator for sheet in papers if sheet.locator}


def _all_are_there(rig: ScenarioRig) -> bool:
    """Whether every thread that has a name of ours goes on; one of a single call may have been about at the start."""
    return not [name for name in rig.staff_at_start - rig.staff() if not name.startswith("Thread-")]
