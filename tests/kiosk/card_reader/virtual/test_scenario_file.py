from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.card_reader.errors import ScenarioError, UnknownCardError
from kiosk.card_reader.reader import SupervisedCardReader
from kiosk.card_reader.virtual.line import NO_DELAY
from kiosk.card_reader.virtual.making import CardMaking, Emptied, SelectAnswer, VirtualPerson, VitaleFile
from kiosk.card_reader.virtual.mishap import Mishap, MishapKind
from kiosk.card_reader.virtual.people import card_of
from kiosk.card_reader.virtual.scenario import Scenario
from kiosk.card_reader.virtual.scenario_file import load_scenario, scenario_named, shipped_scenarios
from kiosk.card_reader.virtual.slot import VirtualSlots
from kiosk.enrolment.errors import CardError, CardFault
from kiosk.enrolment.holder import CardWarning
from kiosk.enrolment.ports import ReaderState
from tests.waiting import wait_until

# What each example makes of a reading: so many persons, or the fault.
OUTCOMES: dict[str, int | CardFault] = {
    "answers-at-once": 3,
    "bad-contact": CardFault.FAILED,
    "confused": 1,
    "cut-identity": 1,
    "hesitant": 1,
    "hung": CardFault.TIMEOUT,
    "nineteen-persons": 19,
    "no-numbers": 3,
    "nobody": CardFault.DAMAGED,
    "old-and-slow": 3,
    "only-by-map": 2,
    "protected": CardFault.PROTECTED,
    "pulled": CardFault.PULLED,
    "shared": 2,
    "swapped": CardFault.SWAPPED,
    "upside-down": CardFault.MUTE,
    "worn-memory": CardFault.FAILED,
    "written-long": 3,
}


def written(folder: Path, text: str, name: str = "one") -> Scenario:
    path = folder / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    return load_scenario(path)


def refused(folder: Path, text: str) -> str:
    with pytest.raises(ScenarioError) as error:
        written(folder, text)
    return str(error.value)


def test_every_example_has_words_for_the_tray() -> None:
    assert [one.name for one in shipped_scenarios()] == sorted(OUTCOMES)
    assert all(one.label and one.hint for one in shipped_scenarios())


@pytest.mark.parametrize("name", [name for name in OUTCOMES if name not in ("hung", "hesitant")])
def test_an_example_does_to_a_reading_what_its_title_says(name: str) -> None:
    assert outcome_of(scenario_named(name), deadline_s=10) == OUTCOMES[name]


def test_an_example_that_hangs_lasts_until_the_deadline() -> None:
    assert outcome_of(scenario_named("hung"), deadline_s=0.2) is CardFault.TIMEOUT


def test_an_example_that_hesitates_answers_within_the_deadline_of_the_field() -> None:
    (hang,) = scenario_named("hesitant").mishaps
    assert (hang.kind, hang.seconds) == (MishapKind.HANG, 2)


def outcome_of(scenario: Scenario, deadline_s: float) -> int | CardFault:
    slots = VirtualSlots()
    reader = SupervisedCardReader(slots, read_deadline_s=deadline_s)
    try:
        slots.insert(scenario)
        assert wait_until(lambda: reader.presence().state in (ReaderState.PRESENT, ReaderState.MUTE))
        contents = reader.read(reader.presence().insertion)
    except CardError as error:
        return error.fault
    finally:
        reader.close()
    assert CardWarning.TEST_CARD in contents.warnings
    return len(contents.persons)


def test_a_whole_file_says_all_of_a_card(tmp_path: Path) -> None:
    scenario = written(
        tmp_path,
        """
title: Une carte
hint: À voir
persons:
  - {family_name: SPÉCIMEN, given_name: LÉO, birth_date: "20150830", country: FRA, number: "279053512300406"}
atr: 3B751300004509EA9000
serial: "80250990000000000099"
valid_from: "20180115"
making:
  select_answer: direct
  emptied: {validity: zeros}
  protected: [pan]
line: 9600
behaviours:
  - {does: mute}
  - {does: hang, at: 3, seconds: 0.5}
  - {does: wrong_status, at: 4, status: "6581"}
""",
    )
    card = scenario.card
    assert (scenario.name, scenario.label, scenario.hint, scenario.is_mute) == ("one", "Une carte", "À voir", True)
    assert card.persons == (VirtualPerson("SPÉCIMEN", "LÉO", "20150830", "FRA", "279053512300406"),)
    assert (card.atr.hex(), card.serial.hex()) == ("3b751300004509ea9000", "80250990000000000099")
    assert card.making == CardMaking(
        select_answer=SelectAnswer.DIRECT,
        emptied={VitaleFile.VALIDITY: Emptied.ZEROS},
        protected=frozenset({VitaleFile.PAN}),
    )
    assert scenario.line_speed == 9600
    assert scenario.mishaps == (
        Mishap(MishapKind.HANG, 3, seconds=0.5),
        Mishap(MishapKind.WRONG_STATUS, 4, status=0x6581),
    )


def test_a_card_of_the_deck_is_taken_as_it_is(tmp_path: Path) -> None:
    scenario = written(tmp_path, "title: La famille\ncard: famille\nline: none\n")
    assert (scenario.card.persons, scenario.card.atr) == (card_of("famille").persons, card_of("famille").atr)
    assert (scenario.line_speed, scenario.mishaps, scenario.is_mute) == (NO_DELAY, (), False)


def test_the_mute_card_of_the_deck_stays_mute(tmp_path: Path) -> None:
    assert written(tmp_path, "title: Muette\ncard: muette\n").is_mute


def test_a_swap_leads_to_the_file_beside_or_to_a_card_of_the_deck(tmp_path: Path) -> None:
    written(tmp_path, "title: Suivante\ncard: marie\nbehaviours: [{does: swap, at: 2, to: couple}]\n", "next")
    scenario = written(tmp_path, "title: Une\ncard: famille\nbehaviours: [{does: swap, at: 2, to: next}]\n")
    assert scenario.successor is not None
    assert scenario.successor.label == "Suivante"
    assert scenario.successor.successor is not None
    assert scenario.successor.successor.card == card_of("couple")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("card: marie", "`title`"),
        ("title: X", "exactly one of card, persons and invented_persons"),
        ("title: X\ncard: marie\ninvented_persons: 3", "exactly one of"),
        ("title: X\ncard: nobody", "card: no card of that name"),
        ("title: X\ncard: marie\ncolour: red", "unknown field `colour`"),
        ("title: X\ncard: marie\nmaking: {size: 3}", "making: Object contains unknown field `size`"),
        ("title: X\ncard: marie\nmaking: {padding: AA}", "making.padding: Invalid enum value 'AA'"),
        ("title: X\ncard: marie\nmaking: {emptied: {photo: zeros}}", "Invalid enum value 'photo'"),
        ("title: X\ncard: cps\nmaking: {padding: ff}", "making: only a Vitale 2"),
        ("title: X\ncard: marie\natr: 3B7", "atr: Expected `str` matching"),
        ("title: X\ncard: marie\nline: 12", "line: Expected `int` >= 1200"),
        ("title: X\ncard: marie\nbehaviours: [{does: explode}]", "behaviours[0].does: Invalid value 'explode'"),
        ("title: X\ncard: marie\nbehaviours: [{does: pull}]", "behaviours[0]: Object missing required field `at`"),
        ("title: X\ncard: marie\nbehaviours: [{does: pull, at: 0}]", "behaviours[0].at: Expected `int` >= 1"),
        ("title: X\ncard: marie\nbehaviours: [{does: pull, at: '3'}]", "behaviours[0].at: Expected `int`"),
        ("title: X\ncard: marie\nbehaviours: [{does: mute, at: 3}]", "behaviours[0]: Object contains unknown field"),
        (
            "title: X\ncard: marie\nbehaviours: [{does: wrong_status, at: 3, status: 6982}]",
            "behaviours[0].status: Expected `str`, got `int` (write it between quotes)",
        ),
        ("title: X\ncard: marie\nbehaviours: [{does: swap, at: 3, to: nobody}]", "behaviours: swap to nobody: no such"),
        ("title: X\ncard: marie\nbehaviours: [{does: swap, at: 3, to: ../one}]", "behaviours: swap to ../one: no such"),
        ("title: X\ncard: marie\nbehaviours: [{does: swap, at: 3, to: one}]", "behaviours: the swaps go in a circle"),
        (
            "title: X\ncard: marie\nbehaviours: [{does: swap, at: 3, to: couple}, {does: swap, at: 4, to: couple}]",
            "behaviours: only one swap",
        ),
        (
            "title: X\npersons: [{family_name: BŒUF, given_name: A, birth_date: '1', country: FRA, number: '1'}]",
            "persons[0].family_name: a card cannot hold 'Œ'",
        ),
        ("title: X\npersons: [{family_name: A}]", "persons[0]: Object missing required field `given_name`"),
        ("title: X\ntitle: Y\ncard: marie", "title stands twice"),
        ("title: [", "not YAML"),
        ("title: !!python/object/apply:os.system [true]\ncard: marie", "not YAML"),
        ("- title", "Expected `object`, got `array`"),
        ("", "Expected `object`, got `null`"),
        ("title: X\n? [a, b]\n: 3\n", "not YAML"),
    ],
)
def test_a_file_that_is_wrong_is_refused_with_the_field_that_is(tmp_path: Path, text: str, sentence: str) -> None:
    message = refused(tmp_path, text)
    assert message.startswith("one.yaml: ")
    assert sentence in message


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"gone\.yaml: No such file"):
        load_scenario(tmp_path / "gone.yaml")


def test_a_file_that_is_far_too_large_is_refused(tmp_path: Path) -> None:
    assert "larger than" in refused(tmp_path, "#" * 300_000)


def test_an_example_that_is_not_there_is_refused_with_the_list() -> None:
    with pytest.raises(UnknownCardError, match="pulled"):
        scenario_named("nothing")
