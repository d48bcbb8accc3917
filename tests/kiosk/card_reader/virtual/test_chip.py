from __future__ import annotations

import pytest

from kiosk.card_reader.virtual.chip import Act, Chip
from kiosk.card_reader.virtual.mishap import Mishap, MishapKind
from kiosk.card_reader.virtual.people import card_of

SELECT_ROOT = bytes.fromhex("00A40000023F00")
SELECT_IDENTITY = bytes.fromhex("00A4020002D001")
GOOD = Act(b"\x61\x12")


def chip(*mishaps: Mishap, happened: set[Mishap] | None = None) -> Chip:
    return Chip(card_of("marie").engine(), mishaps, happened)


def acts(subject: Chip, count: int) -> list[Act]:
    return [subject.process(SELECT_ROOT) for _ in range(count)]


def test_a_chip_with_nothing_wrong_is_its_engine() -> None:
    assert acts(chip(), 3) == [GOOD, GOOD, GOOD]


@pytest.mark.parametrize("kind", [MishapKind.PULL, MishapKind.SWAP, MishapKind.HANG, MishapKind.CUT])
def test_what_the_slot_must_do_is_told_at_its_command(kind: MishapKind) -> None:
    mishap = Mishap(kind, 2)
    assert acts(chip(mishap), 3) == [GOOD, Act(GOOD.answer, mishap), GOOD]


def test_a_wrong_status_word_takes_the_place_of_the_answer() -> None:
    mishap = Mishap(MishapKind.WRONG_STATUS, 2, status=0x6581)
    assert [act.answer for act in acts(chip(mishap), 3)] == [GOOD.answer, b"\x65\x81", GOOD.answer]


def test_a_confused_chip_stays_so_until_its_reset_and_then_is_well() -> None:
    subject = chip(Mishap(MishapKind.CONFUSED, 2))
    assert [act.answer for act in acts(subject, 3)] == [GOOD.answer, b"\x6f\x00", b"\x6f\x00"]
    subject.reset()
    assert acts(subject, 3) == [GOOD, GOOD, GOOD]


def test_a_chip_that_was_reset_by_another_program_has_forgotten_what_was_selected() -> None:
    subject = chip(Mishap(MishapKind.RESET, 2))
    subject.process(SELECT_ROOT)
    assert subject.process(SELECT_IDENTITY).answer == b"\x6a\x82"


def test_commands_are_counted_from_the_last_power_up() -> None:
    subject = chip(Mishap(MishapKind.WRONG_STATUS, 1, status=0x6581))
    assert [act.answer for act in acts(subject, 2)] == [b"\x65\x81", GOOD.answer]
    subject.reset()
    assert subject.process(SELECT_ROOT).answer == b"\x65\x81"


def test_what_happens_once_is_remembered_for_the_next_chip_of_the_card() -> None:
    happened: set[Mishap] = set()
    confusion = Mishap(MishapKind.CONFUSED, 1)
    assert chip(confusion, happened=happened).process(SELECT_ROOT).answer == b"\x6f\x00"
    assert chip(confusion, happened=happened).process(SELECT_ROOT) == GOOD


def test_of_two_mishaps_at_one_command_the_first_happens() -> None:
    first, second = Mishap(MishapKind.WRONG_STATUS, 1, status=0x6581), Mishap(MishapKind.PULL, 1)
    assert chip(first, second).process(SELECT_ROOT).mishap == first
