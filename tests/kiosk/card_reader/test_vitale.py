from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.card_reader.apdu import StatusWord
from kiosk.card_reader.card_files import CardConfusedError
from kiosk.card_reader.virtual.engine import CardEngine, ElementaryFile, VirtualLayout
from kiosk.card_reader.virtual.people import FID_NUMBERS, card_of, vitale_layout
from kiosk.card_reader.vitale import FID_IDENTITY, read_card
from kiosk.enrolment.errors import CardError, CardFault
from kiosk.enrolment.holder import CardContents, CardWarning
from tests.fakes.card_connection import EngineConnection, ScriptedConnection

FAMILY = card_of("famille")
NAMES = ["FRANÇOISE", "LÉO", "ZOÉ"]
UNKNOWN_ATR = bytes.fromhex("3B6700002D201601789000")


def read_layout(layout: VirtualLayout, atr: bytes = FAMILY.atr) -> tuple[CardContents, list[bytes]]:
    connection = EngineConnection(CardEngine(layout))
    return read_card(connection, atr), connection.commands


def with_file(fid: bytes, **changes: object) -> VirtualLayout:
    """The family's card with one of its files changed."""
    layout = vitale_layout(FAMILY)
    applications = tuple(
        replace(one, files=tuple(replace(file, **changes) if file.fid == fid else file for file in one.files))  # type: ignore[arg-type]
        for one in layout.applications
    )
    return replace(layout, applications=applications)


def fault_of(layout: VirtualLayout, atr: bytes = FAMILY.atr) -> CardFault:
    with pytest.raises(CardError) as failure:
        read_layout(layout, atr)
    return failure.value.fault


def test_sequence_a_sends_the_published_commands() -> None:
    _, commands = read_layout(vitale_layout(FAMILY))
    assert [command.hex().upper() for command in commands] == [
        "00A40000023F00",
        "00B0820000",
        "00B082007C",
        "00A40200022F02",
        "00B0000000",
        "00B0000010",
        "00A404000BD2500000025649 54414C45".replace(" ", ""),
        "00B0820000",
        "00B0820039",
    ]


def test_sequence_a_reads_everybody() -> None:
    contents, _ = read_layout(vitale_layout(FAMILY))
    assert [holder.given_name for holder in contents.persons] == NAMES
    assert contents.serial == "80250990000000000003"


def test_a_root_without_file_id_is_read_by_name() -> None:
    contents, commands = read_layout(replace(vitale_layout(FAMILY), knows_file_ids_of_directories=False))
    assert [holder.given_name for holder in contents.persons] == NAMES
    assert commands[1].hex().upper() == "00A404000ED2500000024D465F564954414C45"


def test_a_card_without_short_ids_is_read_by_its_map() -> None:
    contents, _ = read_layout(replace(vitale_layout(FAMILY), knows_short_ids=False))
    assert [holder.given_name for holder in contents.persons] == NAMES
    assert [holder.nir is not None for holder in contents.persons] == [True] * 3
    assert (contents.serial, contents.valid_from) == ("80250990000000000003", "20180115")


def test_a_file_longer_than_one_answer_is_read_to_its_end() -> None:
    crowd = replace(FAMILY, persons=FAMILY.persons * 6)
    contents, _ = read_layout(vitale_layout(crowd))
    assert [holder.given_name for holder in contents.persons] == NAMES * 6
    assert contents.warnings == (CardWarning.TEST_CARD,)


def test_a_file_of_exactly_two_answers_is_read_to_its_end() -> None:
    full = next(f.content for f in vitale_layout(FAMILY).applications[0].files if f.fid == FID_IDENTITY)
    contents, _ = read_layout(with_file(FID_IDENTITY, content=full.ljust(512, b"\x00")))
    assert len(contents.identity_file) == 512


def test_a_protected_file_is_called_protected() -> None:
    assert fault_of(with_file(FID_NUMBERS, is_protected=True)) is CardFault.PROTECTED


@pytest.mark.parametrize("content", [b"\xff" * 124, b"\x00" * 124, b"\x65\x7f"])
def test_a_card_with_nobody_on_it_is_called_damaged(content: bytes) -> None:
    assert fault_of(with_file(FID_IDENTITY, content=content)) is CardFault.DAMAGED


@pytest.mark.parametrize(
    ("card_id", "fault"),
    [
        ("banque", CardFault.WRONG_CARD_BANK),
        ("cps", CardFault.WRONG_CARD_CPS),
        ("vitale1", CardFault.WRONG_CARD_VITALE_1),
    ],
)
def test_a_wrong_card_is_named(card_id: str, fault: CardFault) -> None:
    card = card_of(card_id)
    with pytest.raises(CardError) as failure:
        read_card(EngineConnection(card.engine()), card.atr)
    assert failure.value.fault is fault


def test_a_bank_card_with_an_unknown_atr_is_known_by_its_application() -> None:
    with pytest.raises(CardError) as failure:
        read_card(EngineConnection(card_of("banque").engine()), UNKNOWN_ATR)
    assert failure.value.fault is CardFault.WRONG_CARD_BANK


def test_a_card_that_knows_none_of_our_names_is_unknown() -> None:
    assert fault_of(VirtualLayout(), UNKNOWN_ATR) is CardFault.WRONG_CARD_UNKNOWN


def test_the_atr_of_a_vitale_does_not_make_a_vitale() -> None:
    assert fault_of(VirtualLayout(), FAMILY.atr) is CardFault.WRONG_CARD_UNKNOWN


def test_an_unknown_atr_does_not_keep_a_vitale_out() -> None:
    contents, _ = read_layout(vitale_layout(FAMILY), UNKNOWN_ATR)
    assert len(contents.persons) == 3


def test_a_foreign_card_with_names_but_no_vitale_application_gives_nobody() -> None:
    root = vitale_layout(FAMILY).applications[0]
    assert fault_of(VirtualLayout(applications=(root,)), UNKNOWN_ATR) is CardFault.WRONG_CARD_UNKNOWN


@pytest.mark.parametrize("status", [0x0001, 0x9100, 0x6500, 0x0000])
def test_a_status_word_of_no_list_is_a_failure_at_once(status: int) -> None:
    connection = ScriptedConnection([(b"", status)])
    with pytest.raises(CardError) as failure:
        read_card(connection, FAMILY.atr)
    assert failure.value.fault is CardFault.FAILED
    assert len(connection.commands) == 1


def test_a_confused_card_says_so_for_a_reset() -> None:
    with pytest.raises(CardConfusedError):
        read_card(ScriptedConnection([(b"", StatusWord.NO_PRECISE_DIAGNOSIS)]), FAMILY.atr)


def test_a_map_that_names_a_thousand_files_is_not_followed_to_the_end() -> None:
    entry = b"\x80\x0cENDLESS \x00\x02\xd0\x03"
    aid = vitale_layout(FAMILY).applications[1].aid
    pointers = b"\x82\x0f\x00\x02\x00\x00" + aid + entry * 500
    layout = replace(with_file(bytes.fromhex("2001"), content=pointers), knows_short_ids=False)
    connection = EngineConnection(CardEngine(layout))
    with pytest.raises(CardError):
        read_card(connection, FAMILY.atr)
    assert len(connection.commands) < 300


statuses = st.one_of(
    st.sampled_from([0x9000, 0x6282, 0x6A82, 0x6982, 0x6B00, 0x6F00, 0x6100, 0x6C00]), st.integers(0, 0xFFFF)
)
blocks = st.one_of(
    st.binary(max_size=40),
    st.just(b"\x00" * 256),
    st.sampled_from([file.content[:256] for one in vitale_layout(FAMILY).applications for file in one.files]),
)


@settings(deadline=None)
@given(st.lists(st.tuples(blocks, statuses), min_size=1, max_size=40))
def test_whatever_a_card_answers_there_are_contents_or_a_card_error(answers: list[tuple[bytes, int]]) -> None:
    connection = ScriptedConnection(answers)
    try:
        contents = read_card(connection, FAMILY.atr)
    except CardError as error:
        assert isinstance(error.fault, CardFault)  # noqa: PT017 - both ends are allowed
    else:
        assert contents.persons
    assert len(connection.commands) < 20_000


def test_an_elementary_file_keeps_its_content_out_of_its_repr() -> None:
    assert "SPECIMEN" not in repr(ElementaryFile(b"\xd0\x01", b"SPECIMEN"))
