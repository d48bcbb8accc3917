"""Cards come, go, are exchanged, spoil their readings and are read in any order: a model keeps what must be true."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from kiosk.card_reader.reader import SupervisedCardReader
from kiosk.card_reader.virtual.mishap import Mishap, MishapKind
from kiosk.card_reader.virtual.people import CardKind, VirtualCard, deck
from kiosk.card_reader.virtual.slot import VirtualSlots
from kiosk.enrolment.errors import CardError, CardFault
from kiosk.enrolment.ports import ReaderState
from tests.fakes.side_by_side import SideBySide
from tests.waiting import wait_until

READABLE = [card for card in deck() if card.kind is CardKind.VITALE_2 and card.persons]
spoiling = st.builds(
    Mishap,
    st.sampled_from([MishapKind.PULL, MishapKind.SWAP, MishapKind.CONFUSED, MishapKind.RESET]),
    st.integers(1, 9),
)


class OneSlot(RuleBasedStateMachine):
    """``card`` lies in the slot as far as the hand knows; ``insertion`` is the one the reader gave it."""

    @initialize(beside_a_cps=st.booleans())
    def plug(self, *, beside_a_cps: bool) -> None:
        self.slots = VirtualSlots(name="patients")
        second = VirtualSlots(name="counter")
        if beside_a_cps:
            second.insert("cps4")
        self.reader = SupervisedCardReader(SideBySide(self.slots, second), read_deadline_s=10.0)
        self.card: VirtualCard | None = None
        self.mishap: Mishap | None = None
        self.seen = 0
        self.settle(ReaderState.EMPTY)

    @precondition(lambda self: self.card is None)
    @rule(card=st.sampled_from(READABLE))
    def insert(self, card: VirtualCard) -> None:
        self.put(card, None)

    @precondition(lambda self: self.card is None)
    @rule(card=st.sampled_from(READABLE), mishap=spoiling)
    def insert_spoilt(self, card: VirtualCard, mishap: Mishap) -> None:
        self.put(card, mishap)

    @precondition(lambda self: self.card is not None)
    @rule()
    def pull(self) -> None:
        self.slots.pull()
        self.card = None
        self.settle(ReaderState.EMPTY)

    @precondition(lambda self: self.card is not None)
    @rule()
    def read(self) -> None:
        assert self.card is not None
        insertion = self.reader.presence().insertion
        try:
            contents = self.reader.read(insertion)
        except CardError as error:
            self.follow(error.fault)
        else:
            assert [who.given_name for who in contents.persons] == [who.given_name for who in self.card.persons]

    @rule(back=st.integers(1, 3))
    def read_an_earlier_insertion(self, back: int) -> None:
        earlier = self.reader.presence().insertion - back
        try:
            self.reader.read(earlier)
        except CardError as error:
            assert error.fault in {CardFault.SWAPPED, CardFault.PULLED, CardFault.NO_CARD}  # noqa: PT017
        else:
            raise AssertionError("an insertion that is over was read")

    @invariant()
    def insertions_never_go_back(self) -> None:
        now = self.reader.presence().insertion
        assert now >= self.seen
        self.seen = now

    def put(self, card: VirtualCard, mishap: Mishap | None) -> None:
        before = self.reader.presence().insertion
        self.card, self.mishap = card, mishap
        follower = READABLE[0].card_id if mishap is not None and mishap.kind is MishapKind.SWAP else None
        self.slots.insert(card.card_id, mishap=mishap, successor=follower)
        assert wait_until(lambda: self.reader.presence().insertion == before + 1, poll_s=0.001)

    def follow(self, fault: CardFault) -> None:
        """What lies in the slot after a spoilt reading."""
        assert self.mishap is not None, fault
        assert fault in {CardFault.PULLED, CardFault.SWAPPED}
        swapped = self.mishap.kind is MishapKind.SWAP
        self.card, self.mishap = (READABLE[0] if swapped else None), None
        assert fault is CardFault.SWAPPED or not swapped
        if swapped:
            assert wait_until(lambda: self.reader.presence().insertion > self.seen, poll_s=0.001)
        self.settle(ReaderState.PRESENT if swapped else ReaderState.EMPTY)

    def settle(self, state: ReaderState) -> None:
        assert wait_until(lambda: self.reader.presence().state is state, poll_s=0.001), self.reader.presence()

    def teardown(self) -> None:
        self.reader.close()


OneSlot.TestCase.settings = settings(stateful_step_count=15)
TestOneSlot = OneSlot.TestCase
