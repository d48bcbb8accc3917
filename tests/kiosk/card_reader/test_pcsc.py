"""Cards in the slots of the real service, beside other programs. How it dies is test_supervision, how a reading fails
is test_failures."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

import pytest

from kiosk.card_reader.connection import SlotState
from kiosk.card_reader.errors import PcscMissingError
from kiosk.card_reader.pcsc import PcscSlots
from kiosk.card_reader.professional import WatchedProfessionalReader
from kiosk.card_reader.reader import SupervisedCardReader
from kiosk.card_reader.virtual.mishap import Mishap, MishapKind
from kiosk.card_reader.virtual.people import VirtualCard, card_of
from kiosk.card_reader.virtual.vpcd import VpcdCard
from kiosk.enrolment.errors import CardError, CardFault
from kiosk.enrolment.ports import ReaderState
from tests.fakes.other_program import OtherProgram
from tests.fakes.pcscd import FIRST_SLOT, PcscDaemon, running_pcscd, why_unavailable
from tests.waiting import wait_until

DEADLINE_S = 1.5
MARIE, CPS = card_of("marie"), card_of("cps")
UNKNOWN_ATR, BADGE_ATR = bytes.fromhex("3B75130000420FEA9000"), bytes.fromhex("3B6700002D201601789000")
READ_BINARY = bytes.fromhex("00B0000004")
NO_CURRENT_FILE = bytes.fromhex("6986")


@pytest.fixture(scope="module")
def pcscd() -> Iterator[PcscDaemon]:
    if reason := why_unavailable():
        pytest.skip(reason)
    with running_pcscd() as daemon:
        yield daemon


class Hands:
    """Put cards into the first and the second slot, and take them out at the end."""

    def __init__(self, port: int, stack: ExitStack) -> None:
        self._port, self._stack = port, stack

    def insert(self, *cards: VirtualCard | None) -> None:
        for slot, card in enumerate(cards):
            if card is not None:
                self._stack.enter_context(VpcdCard(card, port=self._port + slot))


@pytest.fixture
def hands(pcscd: PcscDaemon) -> Iterator[Hands]:
    wait_until_seen(SlotState.EMPTY, SlotState.EMPTY)  # the service sees late that the cards of the last test left
    with ExitStack() as stack:
        yield Hands(pcscd.port, stack)


def wait_until_seen(*states: SlotState) -> None:
    slots = PcscSlots()
    assert wait_until(lambda: tuple(slot.state for slot in slots.watch(0.5).slots) == states)
    slots.close()


@pytest.fixture
def reader(pcscd: PcscDaemon) -> Iterator[SupervisedCardReader]:
    reader = SupervisedCardReader(PcscSlots(), read_deadline_s=DEADLINE_S)
    wait_for(reader, ReaderState.EMPTY)
    yield reader
    reader.close()


@pytest.fixture
def professional(pcscd: PcscDaemon) -> Iterator[WatchedProfessionalReader]:
    reader = WatchedProfessionalReader(PcscSlots(FIRST_SLOT), is_own_slot=True, ask_again_s=0.2)
    yield reader
    reader.close()


def wait_for(reader: SupervisedCardReader, state: ReaderState) -> None:
    assert wait_until(lambda: reader.presence().state is state), reader.presence()


def serial(reader: WatchedProfessionalReader) -> str | None:
    card = reader.card()
    return None if card is None else card.serial


def with_atr(card: VirtualCard, atr: bytes) -> VirtualCard:
    return replace(card, atr=atr)


@pytest.mark.pcsc
@pytest.mark.parametrize("atr", [MARIE.atr, UNKNOWN_ATR], ids=["known ATR", "unknown ATR"])
def test_the_vitale_is_found_in_the_second_slot_beside_a_cps(
    hands: Hands, reader: SupervisedCardReader, atr: bytes
) -> None:
    hands.insert(CPS, with_atr(MARIE, atr))
    wait_for(reader, ReaderState.PRESENT)
    assert reader.read(reader.presence().insertion).persons[0].given_name == "MARIE-HÉLÈNE"


@pytest.mark.pcsc
def test_a_vitale_of_unknown_atr_is_found_behind_a_badge_by_asking_both(
    hands: Hands, reader: SupervisedCardReader
) -> None:
    hands.insert(with_atr(card_of("banque"), BADGE_ATR), with_atr(MARIE, UNKNOWN_ATR))
    wait_for(reader, ReaderState.PRESENT)
    assert wait_until(lambda: is_read_or_named(reader)), "the badge is named once, then it steps back"


def is_read_or_named(reader: SupervisedCardReader) -> bool:
    try:
        return bool(reader.read(reader.presence().insertion).persons)
    except CardError as error:
        assert error.fault in {CardFault.WRONG_CARD_BANK, CardFault.SWAPPED}  # noqa: PT017 - until both were seen
        return False


@pytest.mark.pcsc
@pytest.mark.parametrize("at_command", [5, 9])
def test_a_card_exchanged_in_the_second_slot_within_its_reading_gives_nobody_and_the_next_its_own(
    pcscd: PcscDaemon, hands: Hands, reader: SupervisedCardReader, at_command: int
) -> None:
    first = VpcdCard(card_of("famille"), port=pcscd.port + 1, mishap=Mishap(MishapKind.PULL, at_command))
    after = VpcdCard(card_of("couple"), port=pcscd.port + 1)
    hands.insert(CPS)
    with first, after_in_the_queue(after):
        wait_for(reader, ReaderState.PRESENT)
        insertion = reader.presence().insertion
        with pytest.raises(CardError) as failure:
            reader.read(insertion)
        assert failure.value.fault in {CardFault.PULLED, CardFault.SWAPPED}
        assert wait_until(lambda: reader.presence().insertion > insertion)
        contents = reader.read(reader.presence().insertion)
        assert [who.given_name for who in contents.persons] == ["PAUL", "JEANNE"]


@contextmanager
def after_in_the_queue(card: VpcdCard) -> Iterator[None]:
    """A card that comes into the slot the moment the one in it leaves."""
    card.insert(wait_s=0)
    yield
    card.pull()


@pytest.mark.pcsc
def test_a_filter_that_fits_no_reader_means_no_reader(pcscd: PcscDaemon) -> None:
    reader = SupervisedCardReader(PcscSlots("Some other maker"))
    try:
        wait_for(reader, ReaderState.NO_READER)
    finally:
        reader.close()


@pytest.mark.pcsc
def test_the_next_program_finds_a_fresh_card(hands: Hands, reader: SupervisedCardReader) -> None:
    hands.insert(MARIE)
    wait_for(reader, ReaderState.PRESENT)
    assert reader.read(reader.presence().insertion).persons
    other = OtherProgram("SCARD_SHARE_SHARED")
    answer = other.transmit(READ_BINARY)
    other.leave()
    # READ BINARY without a SELECT: "no current file" on a card that was reset, data on one that was not.
    assert answer == (0, NO_CURRENT_FILE)


READING_FOR_EVER = """
import sys
from kiosk.card_reader.pcsc import PcscSlots
with PcscSlots(sys.argv[1]).connect(sys.argv[1]) as connection:
    connection.transmit(bytes.fromhex("00A40000023F00"))
    print(connection.transmit(bytes.fromhex("00B0820001"))[0].hex(), flush=True)
    sys.stdin.read()
"""


@pytest.mark.pcsc
def test_the_next_program_finds_a_fresh_card_even_when_ours_was_killed_before_it_reset_it(
    hands: Hands, reader: SupervisedCardReader
) -> None:
    hands.insert(MARIE)
    wait_for(reader, ReaderState.PRESENT)
    command = [sys.executable, "-c", READING_FOR_EVER, FIRST_SLOT]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as ours:
        assert ours.stdout is not None
        assert ours.stdout.readline() == b"65\n", "it has read from a file, which is the current one now"
        ours.kill()
    other = OtherProgram("SCARD_SHARE_SHARED")
    answer = other.transmit(READ_BINARY)
    other.leave()
    assert answer == (0, NO_CURRENT_FILE)


@pytest.mark.pcsc
def test_a_professionals_card_is_not_reset_under_who_is_signed_in_with_it(
    hands: Hands,
) -> None:
    hands.insert(CPS)
    wait_until_seen(SlotState.PRESENT, SlotState.EMPTY)
    other = OtherProgram("SCARD_SHARE_SHARED")
    professional = WatchedProfessionalReader(PcscSlots(FIRST_SLOT), is_own_slot=True)
    try:
        assert wait_until(lambda: serial(professional) == "0990000001")
        code, _ = other.transmit(READ_BINARY)
        assert code == 0, "80100068 would say that the card was reset"
    finally:
        professional.close()
        other.leave()


@pytest.mark.pcsc
def test_a_professionals_card_that_another_program_owns_is_there_without_serial_until_it_is_free(
    hands: Hands,
) -> None:
    hands.insert(CPS)
    wait_until_seen(SlotState.PRESENT, SlotState.EMPTY)
    owner = OtherProgram("SCARD_SHARE_EXCLUSIVE")
    professional = WatchedProfessionalReader(PcscSlots(FIRST_SLOT), is_own_slot=True, ask_again_s=0.2)
    try:
        assert wait_until(lambda: professional.card() is not None)
        assert serial(professional) is None
        owner.leave()
        assert wait_until(lambda: serial(professional) == "0990000001")
    finally:
        professional.close()


@pytest.mark.pcsc
@pytest.mark.parametrize("card_id", ["cps", "cps4"])
def test_a_cps_of_each_family_tells_its_serial_over_the_real_service(
    hands: Hands, professional: WatchedProfessionalReader, card_id: str
) -> None:
    hands.insert(card_of(card_id))
    assert wait_until(lambda: serial(professional) == card_of(card_id).serial.hex())


@pytest.mark.pcsc
def test_a_cps_of_unknown_atr_counts_in_the_professionals_own_slot(
    hands: Hands, professional: WatchedProfessionalReader
) -> None:
    hands.insert(with_atr(CPS, UNKNOWN_ATR))
    assert wait_until(lambda: serial(professional) == "0990000001")


def test_a_terminal_without_pyscard_is_told_what_to_install() -> None:
    program = (
        "import sys; sys.modules['smartcard'] = None\n"
        "from kiosk.card_reader.pcsc import PcscSlots\n"
        "from kiosk.card_reader.errors import PcscMissingError\n"
        "try: PcscSlots()\n"
        "except PcscMissingError as missing: print(missing.code, missing)\n"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.startswith(PcscMissingError.code)
    assert "libpcsclite-dev" in run.stdout
