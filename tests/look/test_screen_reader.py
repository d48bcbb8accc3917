"""A whole journey by what a screen reader tells, from the card to goodbye; and what it must be told on every screen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from kiosk.enrolment.steps import JourneyKind, Step
from kiosk.enrolment.texts import Texts
from tests.fakes.card_slot import card
from tests.fakes.enrolment_rig import EnrolmentRig
from tests.fakes.operators import AGENT_PIN
from tests.fakes.scenes import SCENES
from tests.journeys.fingers import STANDS_STILL
from tests.look.glass import Glass, opened
from tests.look.screen_reader import CONTROLS, Node, ScreenReader

pytestmark = pytest.mark.browser

EVERY_SCENE = [(kind, name) for kind, scenes in SCENES.items() for name in scenes]


@pytest.fixture(scope="module")
def glass(browser: Browser) -> Iterator[Glass]:
    with opened(browser) as one:
        yield one


@pytest.fixture(scope="module")
def reader(glass: Glass) -> ScreenReader:
    return ScreenReader(glass.page)


def faults(nodes: list[Node]) -> list[str]:
    """What would leave somebody who only hears in the dark."""
    found = []
    titles = [node for node in nodes if node.role == "heading" and node.level == 1]
    if len(titles) != 1 or not titles[0].name:
        found.append(f"{len(titles)} titles")
    found += [f"a {node.role} without a name" for node in nodes if node.role in CONTROLS and not node.name]
    order = [node.role for node in nodes if node.role in {"banner", "main", "contentinfo"}]
    if order != [role for role in ("banner", "main", "contentinfo") if role in order] or "main" not in order:
        found.append(f"landmarks in the order {order}")
    if not any(node.live == "polite" for node in nodes):
        found.append("nothing announces a new screen")
    in_main = [node for node in nodes if node.landmark == "main"]
    first_control = next((number for number, node in enumerate(in_main) if node.role in CONTROLS), len(in_main))
    if titles and titles[0] in in_main[first_control:]:
        found.append("a control comes before the title")
    return found


def is_covered(name: str) -> bool:
    """Whether a dialogue lies over the screen: then only the dialogue is told."""
    return name in {"comfort", "still-there"} or name.startswith("comfort")


@pytest.mark.parametrize(("kind", "name"), EVERY_SCENE, ids=[f"{kind.value}-{name}" for kind, name in EVERY_SCENE])
def test_every_screen_is_told_whole_and_in_order(
    glass: Glass, reader: ScreenReader, kind: JourneyKind, name: str
) -> None:
    glass.shows(glass.scene(kind, name))
    nodes = reader.nodes()
    if is_covered(name):
        dialogs = [node for node in nodes if node.role in {"dialog", "alertdialog"}]
        assert [bool(node.name) for node in dialogs] == [True]
        assert [node.role for node in nodes if node.role in CONTROLS and not node.name] == []
        assert [node for node in nodes if node.landmark == "main" and node.role in CONTROLS] == []  # nothing behind it
    else:
        assert faults(nodes) == []


class Listener:
    """Goes on by what is told only; checks each new screen."""

    def __init__(self, glass: Glass, reader: ScreenReader, rig: EnrolmentRig) -> None:
        self.glass, self.reader, self.rig = glass, reader, rig
        self.texts: Texts = rig.session.texts

    def hears(self, step: Step) -> None:
        """The new screen: its title has the focus and was announced."""
        expect(self.glass.page.locator(f'main[data-step="{step.value}"]')).to_be_visible(timeout=8000)
        nodes = self.reader.nodes()
        assert faults(nodes) == []
        title = next(node for node in nodes if node.role == "heading" and node.level == 1)
        expect(self.glass.page.locator("#announce")).to_have_text(title.name)
        assert title.is_focused or any(node.is_focused and node.role == "textbox" for node in nodes)

    def press(self, words: str) -> None:
        """The button with these words."""
        found = [node for node in self.reader.in_main() if node.role == "button" and node.name.startswith(words)]
        assert found, f"no button is told as {words!r}"
        self.reader.activate(found[0])

    def press_nth(self, number: int) -> None:
        """The n-th button that is told."""
        self.reader.activate([node for node in self.reader.in_main() if node.role == "button"][number])

    def say(self, key: str) -> str:
        """The words of a key, as a screen of the hall has them."""
        return self.texts.say(key, JourneyKind.HALL)


def test_from_the_card_to_goodbye_by_what_is_told(glass: Glass, reader: ScreenReader) -> None:
    rig = EnrolmentRig(JourneyKind.HALL, glass.programme)
    glass.shows(rig)
    listener = Listener(glass, reader, rig)
    listener.hears(Step.ATTRACT)
    rig.reader.insert(card())
    listener.hears(Step.WHO)
    listener.press_nth(0)
    listener.hears(Step.NOTICE)
    read_to_its_end(listener)
    for step, number in ((Step.CONSENT, 0), (Step.BREAK_GLASS, 0), (Step.CENTRE_15, 1)):
        listener.hears(step)
        listener.press_nth(number)
    listener.hears(Step.CONTACT)
    listener.press(listener.say("contact.none"))
    listener.hears(Step.SLIP_OFFER)
    listener.press_nth(0)
    listener.hears(Step.SUMMARY)
    listener.press(listener.say("summary.agree"))
    listener.hears(Step.IDENTITY)
    agent_attests(listener)
    listener.hears(Step.CONFIRM)
    listener.press_nth(0)
    listener.hears(Step.THANKS)
    listener.press_nth(0)
    listener.hears(Step.TAKE_CARD)
    rig.reader.pull()
    listener.hears(Step.ATTRACT)
    assert [slip.kind.value for slip in rig.printer.given] == ["A", "B"]


def read_to_its_end(listener: Listener) -> None:
    """Page through the notice by its button until it is left."""
    for _ in range(20):
        if listener.rig.step is not Step.NOTICE:
            return
        listener.press_nth(0)
        if listener.rig.step is Step.NOTICE:
            listener.glass.page.wait_for_function(STANDS_STILL)


def agent_attests(listener: Listener) -> None:
    """Both boxes, the first way of comparing, the PIN."""
    reader = listener.reader
    for box in [node for node in reader.in_main() if node.role == "checkbox"]:
        reader.activate(box)
    reader.activate(next(node for node in reader.in_main() if node.role == "radio"))
    reader.write(next(node for node in reader.in_main() if node.role == "textbox"), AGENT_PIN)
    listener.press(listener.say("identity.attest"))


def test_a_control_without_a_name_is_found(glass: Glass, reader: ScreenReader) -> None:
    glass.shows(glass.scene(JourneyKind.HALL, "contact"))
    glass.page.evaluate("document.querySelector('label[for=email]').remove()")
    assert "a textbox without a name" in faults(reader.nodes())
