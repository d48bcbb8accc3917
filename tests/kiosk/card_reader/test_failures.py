"""Walks the table of docs/card-reader.md: each failure is made, on the real pcscd where it can be, and has its name."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest

from kiosk.card_reader.connection import CardResetError
from kiosk.card_reader.pcsc import PcscSlots
from kiosk.card_reader.reader import SupervisedCardReader
from kiosk.card_reader.virtual.engine import CardEngine, VirtualLayout
from kiosk.card_reader.virtual.making import CardMaking, Emptied, VitaleFile
from kiosk.card_reader.virtual.mishap import Mishap, MishapKind
from kiosk.card_reader.virtual.people import VirtualCard, card_of, vitale_layout
from kiosk.card_reader.virtual.scenario import plain
from kiosk.card_reader.virtual.slot import VirtualSlots
from kiosk.card_reader.virtual.vpcd import VpcdCard
from kiosk.card_reader.winscard import FAULTS, Winscard
from kiosk.enrolment.errors import CardError, CardFault
from kiosk.enrolment.faults import TABLE, fault_of
from kiosk.enrolment.ports import ReaderState
from tests.fakes.calling_chip import CallingBack
from tests.fakes.other_program import OtherProgram
from tests.fakes.pcscd import FIRST_SLOT, READER_NAME, PcscDaemon, running_pcscd, why_unavailable
from tests.waiting import wait_until

PAGE = (Path(__file__).parents[3] / "docs/card-reader.md").read_text(encoding="utf-8")
DEADLINE_S = 1.5
MARIE = card_of("marie")
BADGE = bytes.fromhex("3B6700002D201601789000")
MOMENT_S = 0.3


class Row(NamedTuple):
    what: str
    made_on: str
    outcome: str
    code: str


def rows() -> list[Row]:
    section = PAGE.split("## 2.")[1].split("## 3.")[0]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if "|" in line]
    return [Row(what, made_on, outcome.strip("`"), code) for what, _, made_on, outcome, code in cells[2:]]


class Machine:
    """The real service with our reader over all its slots."""

    def __init__(self, daemon: PcscDaemon) -> None:
        self.daemon = daemon
        self.reader = SupervisedCardReader(PcscSlots(), read_deadline_s=DEADLINE_S)

    def wait_for(self, state: ReaderState) -> None:
        assert wait_until(lambda: self.reader.presence().state is state), self.reader.presence()

    @contextmanager
    def card(
        self, card: VirtualCard = MARIE, mishap: Mishap | None = None, engine: CardEngine | None = None, slot: int = 0
    ) -> Any:
        """A card in that slot for the time of the block, already seen; gives its insertion."""
        before = self.reader.presence().insertion
        with VpcdCard(card, port=self.daemon.port + slot, mishap=mishap, engine=engine) as vpcd:
            assert wait_until(lambda: self.reader.presence().insertion > before)
            yield SimpleNamespace(insertion=self.reader.presence().insertion, pull=vpcd.pull)

    def read(self, card: VirtualCard = MARIE, mishap: Mishap | None = None, engine: CardEngine | None = None) -> str:
        with self.card(card, mishap, engine) as inside:
            return outcome(partial(self.reader.read, inside.insertion))

    def reads_the_next_card(self) -> bool:
        """In the second slot: a slot counts as empty only when PC/SC polls it, 0.4 s after the last time."""
        with self.card(slot=1) as inside:
            return bool(self.reader.read(inside.insertion).persons)


def outcome(read: Callable[[], object]) -> str:
    try:
        read()
    except CardError as error:
        return error.fault.value
    return "read"


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    if reason := why_unavailable():
        pytest.skip(reason)
    with running_pcscd() as daemon:
        machine = Machine(daemon)
        machine.wait_for(ReaderState.EMPTY)
        yield machine
        machine.reader.close()


# --- on the real service --------------------------------------------------------------------------------------------


def no_service(machine: Machine) -> str:
    machine.daemon.kill()
    machine.wait_for(ReaderState.NO_SERVICE)
    found = outcome(partial(machine.reader.read, 1))
    machine.daemon.start()
    return found


def service_killed_in_the_reading(machine: Machine) -> str:
    found = machine.read(engine=CallingBack(vitale_layout(MARIE), 4, machine.daemon.kill))
    machine.daemon.start()
    return found


def service_frozen(machine: Machine) -> str:
    impatient = SupervisedCardReader(PcscSlots(), frozen_s=1.0)
    assert wait_until(lambda: impatient.presence().state is ReaderState.EMPTY)
    machine.daemon.freeze()
    assert wait_until(lambda: impatient.presence().state is ReaderState.NO_SERVICE)
    found = outcome(partial(impatient.read, 1))
    machine.daemon.thaw()
    impatient.close()
    return found


def no_reader(machine: Machine) -> str:
    machine.daemon.plug(None)
    machine.daemon.restart()
    machine.wait_for(ReaderState.NO_READER)
    found = outcome(partial(machine.reader.read, 1))
    machine.daemon.plug(READER_NAME)
    machine.daemon.restart()
    return found


def empty_slot(machine: Machine) -> str:
    machine.wait_for(ReaderState.EMPTY)
    return outcome(partial(machine.reader.read, 0))


def mute_card(machine: Machine) -> str:
    return machine.read(card_of("muette"))


def nonsense_atr(machine: Machine) -> str:
    return machine.read(replace(MARIE, atr=b"\xff\xff\xff\xff"))


def t_1_forced_on_a_vitale(machine: Machine) -> str:
    from smartcard import scard  # noqa: PLC0415 - only where pyscard is

    class OnlyT1(SimpleNamespace):
        SCARD_PROTOCOL_T0 = 0

    api = OnlyT1(**{name: getattr(scard, name) for name in dir(scard) if name != "SCARD_PROTOCOL_T0"})
    winscard = Winscard(api)  # type: ignore[arg-type]
    with machine.card():
        context = winscard.establish()
        found = outcome(partial(winscard.connect, context, FIRST_SLOT))
        scard.SCardReleaseContext(context)
    return found


def pulled_before_the_reading(machine: Machine) -> str:
    with machine.card() as inside:
        inside.pull()
        return outcome(partial(machine.reader.read, inside.insertion))


def pulled_during_a_command(machine: Machine) -> str:
    return machine.read(mishap=Mishap(MishapKind.PULL, 4))


def command_after_a_pull(machine: Machine) -> str:
    with machine.card(mishap=Mishap(MishapKind.PULL, 1)), PcscSlots().connect(FIRST_SLOT) as connection:
        select_root = bytes.fromhex("00A40000023F00")
        outcome(partial(connection.transmit, select_root))
        return outcome(partial(connection.transmit, select_root))


def pulled_and_put_in_again_fast(machine: Machine) -> str:
    with machine.card() as inside, PcscSlots().connect(FIRST_SLOT) as connection:
        inside.pull()
        with VpcdCard(MARIE, port=machine.daemon.port):
            found = outcome(partial(connection.transmit, bytes.fromhex("00A40000023F00")))
            connection.end()
            assert wait_until(
                lambda: outcome(partial(machine.reader.read, machine.reader.presence().insertion)) == "read"
            )
    return found


def reset_by_another_program(machine: Machine) -> str:
    with machine.card() as inside:
        other = OtherProgram("SCARD_SHARE_SHARED")
        connection = PcscSlots().connect(FIRST_SLOT)
        other.reset()
        with pytest.raises(CardResetError):
            connection.begin()
        connection.end()
        found = outcome(partial(machine.reader.read, inside.insertion))
        other.leave()
    return found


def held_exclusively_for_a_moment(machine: Machine) -> str:
    return _beside(machine, "SCARD_SHARE_EXCLUSIVE", MOMENT_S)


def held_exclusively_for_long(machine: Machine) -> str:
    return _beside(machine, "SCARD_SHARE_EXCLUSIVE", None)


def transaction_of_another_for_a_moment(machine: Machine) -> str:
    return _beside(machine, "SCARD_SHARE_SHARED", MOMENT_S)


def transaction_of_another_for_long(machine: Machine) -> str:
    return _beside(machine, "SCARD_SHARE_SHARED", None)


def _beside(machine: Machine, share: str, for_s: float | None) -> str:
    """A reading while another program holds the card, for so long or until the reading was given up."""
    with machine.card() as inside:
        other = OtherProgram(share)
        if share == "SCARD_SHARE_SHARED":
            other.begin()
        leaving = threading.Timer(for_s if for_s is not None else 0, other.leave)
        if for_s is not None:
            leaving.start()
        found = outcome(partial(machine.reader.read, inside.insertion))
        if for_s is None:
            leaving.start()
        leaving.join()
    return found


def card_hangs(machine: Machine) -> str:
    return machine.read(mishap=Mishap(MishapKind.HANG, 3))


def bank_card(machine: Machine) -> str:
    return machine.read(card_of("banque"))


def professional_s_card_in_the_patient_s_slot(machine: Machine) -> str:
    assert machine.read(MARIE) == "read"  # from now on it is where the Vitale cards go
    return machine.read(card_of("cps"))


def vitale_1(machine: Machine) -> str:
    return machine.read(card_of("vitale1"))


def card_of_another_world(machine: Machine) -> str:
    return machine.read(replace(MARIE, atr=BADGE), engine=CardEngine(VirtualLayout()))


# --- over a slot in the process -------------------------------------------------------------------------------------


def another_card_within_the_reading() -> str:
    return _in_slot(MARIE, Mishap(MishapKind.SWAP, 4), successor="couple")


def reset_again_and_again() -> str:
    return _in_slot(MARIE, Mishap(MishapKind.RESET, 2), Mishap(MishapKind.RESET, 3))


def nobody_readable_on_the_card() -> str:
    return _in_slot(replace(MARIE, making=CardMaking(emptied={VitaleFile.IDENTITY: Emptied.ZEROS})))


def names_kept_from_us() -> str:
    return _in_slot(replace(MARIE, making=CardMaking(protected=frozenset({VitaleFile.IDENTITY}))))


def card_confused_once() -> str:
    return _in_slot(MARIE, Mishap(MishapKind.CONFUSED, 2))


def card_confused_for_ever() -> str:
    return _in_slot(MARIE, *(Mishap(MishapKind.WRONG_STATUS, command, status=0x6F00) for command in range(1, 9)))


def status_word_of_no_list() -> str:
    return _in_slot(MARIE, Mishap(MishapKind.WRONG_STATUS, 3, status=0x9100))


def frame_cut_short() -> str:
    return _in_slot(MARIE, Mishap(MishapKind.CUT, 3))


def _in_slot(card: VirtualCard, *mishaps: Mishap, successor: str | None = None) -> str:
    slots = VirtualSlots()
    reader = SupervisedCardReader(slots, read_deadline_s=DEADLINE_S)
    try:
        after = None if successor is None else plain(card_of(successor))
        slots.insert(replace(plain(card), mishaps=mishaps, successor=after))
        assert wait_until(lambda: reader.presence().state is ReaderState.PRESENT, poll_s=0.001)
        return outcome(partial(reader.read, 1))
    finally:
        reader.close()


# --- by the codes alone ---------------------------------------------------------------------------------------------


def reader_unplugged_in_the_reading() -> str:
    return FAULTS["SCARD_E_READER_UNAVAILABLE"].value


def _scene_of(row: Row) -> Callable[..., str]:
    found = globals()[re.sub(r"\W+", "_", row.what.lower())]
    assert callable(found)
    return found


@pytest.mark.pcsc
@pytest.mark.parametrize("row", [row for row in rows() if row.made_on == "vpcd"], ids=lambda row: row.what)
def test_a_failure_on_the_real_service_has_its_name_and_the_next_card_is_read(machine: Machine, row: Row) -> None:
    assert _scene_of(row)(machine) == row.outcome
    assert machine.reads_the_next_card()


@pytest.mark.parametrize("row", [row for row in rows() if row.made_on != "vpcd"], ids=lambda row: row.what)
def test_a_failure_made_within_the_process_has_its_name(row: Row) -> None:
    assert _scene_of(row)() == row.outcome


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.what)
def test_each_outcome_has_the_code_that_the_screen_shows(row: Row) -> None:
    assert row.code == ("" if row.outcome == "read" else TABLE[fault_of(CardFault(row.outcome))].code)


def test_no_outcome_is_missing_from_the_table() -> None:
    assert {row.outcome for row in rows()} - {"read"} == {fault.value for fault in CardFault}


def test_the_page_names_the_codes_of_pcsc_as_the_code_has_them() -> None:
    section = PAGE.split("## 3.")[1].split("## 4.")[0]
    named = {
        code: outcome
        for outcome, codes in re.findall(r"^\| `(\w+)` \| (.*) \|$", section, re.MULTILINE)
        for code in codes.split(", ")
    }
    assert named == {code: fault.value for code, fault in FAULTS.items()}
