"""What only the real service can do to us: die, come back, have no reader, and be shared with other programs."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from kiosk.card_reader.errors import PcscMissingError
from kiosk.card_reader.pcsc import PcscSlots
from kiosk.card_reader.reader import SupervisedCardReader
from kiosk.card_reader.virtual.people import card_of
from kiosk.card_reader.virtual.vpcd import VpcdCard
from kiosk.enrolment.errors import CardError, CardFault
from kiosk.enrolment.ports import ReaderState
from tests.fakes.pcscd import FIRST_SLOT, PcscDaemon, running_pcscd, why_unavailable
from tests.waiting import wait_until

DEADLINE_S = 1.5


@pytest.fixture
def pcscd() -> Iterator[PcscDaemon]:
    if reason := why_unavailable():
        pytest.skip(reason)
    with running_pcscd() as daemon:
        yield daemon


@pytest.fixture
def reader(pcscd: PcscDaemon) -> Iterator[SupervisedCardReader]:
    reader = SupervisedCardReader(PcscSlots(FIRST_SLOT), read_deadline_s=DEADLINE_S)
    wait_for(reader, ReaderState.EMPTY)
    yield reader
    reader.close()


@pytest.fixture
def marie(pcscd: PcscDaemon, reader: SupervisedCardReader) -> Iterator[VpcdCard]:
    """A card that lies in the reader, already seen."""
    with VpcdCard(card_of("marie"), port=pcscd.port) as card:
        wait_for(reader, ReaderState.PRESENT)
        yield card


class OtherProgram:
    """Another program on this machine that uses the same card, by pyscard alone."""

    def __init__(self, share: str) -> None:
        from smartcard import scard  # noqa: PLC0415 - only where pyscard is

        self.scard: Any = scard
        _, self.context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
        protocols = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
        code, self.card, _ = scard.SCardConnect(self.context, FIRST_SLOT, getattr(scard, share), protocols)
        assert code == scard.SCARD_S_SUCCESS

    def leave(self) -> None:
        self.scard.SCardDisconnect(self.card, self.scard.SCARD_LEAVE_CARD)
        self.scard.SCardReleaseContext(self.context)


def wait_for(reader: SupervisedCardReader, state: ReaderState) -> None:
    assert wait_until(lambda: reader.presence().state is state), reader.presence()


def fault_of_read(reader: SupervisedCardReader, insertion: int) -> CardFault:
    with pytest.raises(CardError) as failure:
        reader.read(insertion)
    return failure.value.fault


@pytest.mark.pcsc
def test_a_killed_service_is_seen_and_its_return_is_picked_up(pcscd: PcscDaemon, reader: SupervisedCardReader) -> None:
    pcscd.kill()
    wait_for(reader, ReaderState.NO_SERVICE)
    assert fault_of_read(reader, 1) is CardFault.NO_SERVICE
    pcscd.start()
    wait_for(reader, ReaderState.EMPTY)
    with VpcdCard(card_of("couple"), port=pcscd.port):
        wait_for(reader, ReaderState.PRESENT)
        assert len(reader.read(reader.presence().insertion).persons) == 2


@pytest.mark.pcsc
def test_a_card_that_lay_in_the_reader_while_the_service_died_is_a_new_insertion(
    pcscd: PcscDaemon, reader: SupervisedCardReader, marie: VpcdCard
) -> None:
    before = reader.presence().insertion
    assert reader.read(before).persons
    pcscd.kill()
    wait_for(reader, ReaderState.NO_SERVICE)
    pcscd.start()
    with VpcdCard(card_of("marie"), port=pcscd.port):
        wait_for(reader, ReaderState.PRESENT)
        assert reader.presence().insertion > before
        assert reader.read(reader.presence().insertion).persons


@pytest.mark.pcsc
def test_a_service_killed_before_the_reading_is_named(
    pcscd: PcscDaemon, reader: SupervisedCardReader, marie: VpcdCard
) -> None:
    insertion = reader.presence().insertion
    pcscd.kill()
    assert fault_of_read(reader, insertion) is CardFault.NO_SERVICE


@pytest.mark.pcsc
def test_a_machine_without_a_reader_says_so() -> None:
    if reason := why_unavailable():
        pytest.skip(reason)
    with running_pcscd(has_reader=False):
        reader = SupervisedCardReader(PcscSlots(), read_deadline_s=DEADLINE_S)
        try:
            wait_for(reader, ReaderState.NO_READER)
            assert fault_of_read(reader, 1) is CardFault.NO_READER
        finally:
            reader.close()


@pytest.mark.pcsc
def test_a_filter_that_fits_no_reader_means_no_reader(pcscd: PcscDaemon) -> None:
    reader = SupervisedCardReader(PcscSlots("Some other maker"))
    try:
        wait_for(reader, ReaderState.NO_READER)
    finally:
        reader.close()


@pytest.mark.pcsc
def test_the_vitale_is_found_in_the_second_slot_beside_a_cps(pcscd: PcscDaemon) -> None:
    reader = SupervisedCardReader(PcscSlots(), read_deadline_s=DEADLINE_S)
    try:
        wait_for(reader, ReaderState.EMPTY)
        with VpcdCard(card_of("cps"), port=pcscd.port), VpcdCard(card_of("marie"), port=pcscd.port + 1):
            wait_for(reader, ReaderState.PRESENT)
            assert reader.read(reader.presence().insertion).persons[0].given_name == "MARIE-HÉLÈNE"
    finally:
        reader.close()


@pytest.mark.pcsc
def test_a_card_held_exclusively_by_another_program_is_busy(reader: SupervisedCardReader, marie: VpcdCard) -> None:
    other = OtherProgram("SCARD_SHARE_EXCLUSIVE")
    try:
        assert fault_of_read(reader, reader.presence().insertion) is CardFault.BUSY
    finally:
        other.leave()
    assert reader.read(reader.presence().insertion).persons


@pytest.mark.pcsc
def test_a_card_in_the_transaction_of_another_program_is_busy_at_the_deadline(
    reader: SupervisedCardReader, marie: VpcdCard
) -> None:
    other = OtherProgram("SCARD_SHARE_SHARED")
    try:
        assert other.scard.SCardBeginTransaction(other.card) == other.scard.SCARD_S_SUCCESS
        assert fault_of_read(reader, reader.presence().insertion) in {CardFault.BUSY, CardFault.TIMEOUT}
    finally:
        other.leave()
    assert reader.read(reader.presence().insertion).persons


@pytest.mark.pcsc
def test_the_next_program_finds_a_fresh_card(reader: SupervisedCardReader, marie: VpcdCard) -> None:
    assert reader.read(reader.presence().insertion).persons
    other = OtherProgram("SCARD_SHARE_SHARED")
    try:
        # READ BINARY without a SELECT: "no current file" on a card that was reset, data on one that was not.
        code, answer = other.scard.SCardTransmit(other.card, other.scard.SCARD_PCI_T0, [0x00, 0xB0, 0x00, 0x00, 0x04])
    finally:
        other.leave()
    assert (code, answer) == (0, [0x69, 0x86])


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
