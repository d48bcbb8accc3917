"""The spoken mode in a real browser: when it plays, what falls silent, and a notice that was heard to its end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Response, expect

from kiosk.enrolment.steps import JourneyKind, Step
from tests.fakes.enrolment_rig import EnrolmentRig
from tests.fakes.speaker import RecordingVoice
from tests.look.glass import Glass, opened
from tests.waiting import wait_for

pytestmark = pytest.mark.browser

PLAYED_WITHIN_S = 10.0


@pytest.fixture(scope="module")
def glass(browser: Browser) -> Iterator[Glass]:
    with opened(browser) as glass:
        yield glass


@dataclass
class Listener:
    """Somebody with a headset; ``heard`` are the answers to the page's questions for sound."""

    glass: Glass
    rig: EnrolmentRig
    voice: RecordingVoice
    heard: list[int] = field(default_factory=list)

    def note(self, answer: Response) -> None:
        if "/voix?" in answer.url:
            self.heard.append(answer.status)

    def press(self, key: str) -> None:
        self.glass.page.keyboard.press(key)

    def is_at(self, step: Step) -> None:
        expect(self.glass.page.locator(f'main[data-step="{step.value}"]')).to_be_visible()

    def hears(self, words: str) -> None:
        """These words were asked of the voice and their sound came to the page; a voice knows one kind of space."""
        words = " ".join(words.split())

        def said() -> bool:
            self.glass.page.wait_for_timeout(50)  # lets the page go on
            return any(words in passage.text for passage in self.voice.said) and self.heard[-1:] == [200]

        wait_for(f"hearing «{words}»", said, PLAYED_WITHIN_S)


@pytest.fixture
def listener(glass: Glass) -> Iterator[Listener]:
    voice = RecordingVoice()
    rig = EnrolmentRig(JourneyKind.HALL, glass.programme, voice=voice)
    rig.go(Step.ATTRACT)
    glass.shows(rig)
    listener = Listener(glass, rig, voice)
    glass.page.on("response", listener.note)
    yield listener
    glass.page.remove_listener("response", listener.note)


def test_one_key_begins_the_spoken_mode_and_the_digits(listener: Listener) -> None:
    listener.press("0")
    listener.hears(listener.rig.session.texts.screens["attract.title"])
    assert (listener.rig.session.screen().comfort.voice, listener.rig.session.screen().comfort.keypad) == (True, True)


def test_without_the_key_nothing_is_asked_for(listener: Listener) -> None:
    listener.rig.go(Step.CONSENT)
    listener.is_at(Step.CONSENT)
    assert listener.heard == []


def test_every_new_screen_is_spoken_by_itself(listener: Listener) -> None:
    listener.rig.go(Step.CONSENT)
    listener.is_at(Step.CONSENT)
    listener.press("0")
    listener.hears(listener.rig.session.texts.evidence["creation"].title)
    listener.press("1")
    listener.is_at(Step.BREAK_GLASS)
    listener.hears(listener.rig.session.texts.evidence["break_glass"].title)


def test_the_key_says_it_again(listener: Listener) -> None:
    listener.press("0")
    listener.hears(listener.rig.session.texts.screens["attract.title"])
    listener.voice.said.clear()
    listener.press("0")
    listener.hears(listener.rig.session.texts.screens["attract.title"])


def test_the_warning_is_spoken_over_the_screen_it_covers(listener: Listener) -> None:
    listener.rig.go(Step.CONSENT)
    listener.is_at(Step.CONSENT)
    listener.press("0")
    listener.hears(listener.rig.session.texts.evidence["creation"].title)
    listener.rig.wait(50)
    listener.hears(listener.rig.session.texts.screens["veil.title"])


def test_a_notice_heard_to_its_end_counts_as_read(listener: Listener) -> None:
    listener.rig.go(Step.NOTICE)
    listener.is_at(Step.NOTICE)
    read = listener.glass.page.locator("[data-notice-field]")
    expect(read).to_have_value("")
    listener.press("0")
    expect(read).to_have_value("1")


def test_the_person_after_is_not_spoken_to(listener: Listener) -> None:
    listener.rig.go(Step.CONSENT)
    listener.is_at(Step.CONSENT)
    listener.press("0")
    listener.hears(listener.rig.session.texts.evidence["creation"].title)
    listener.rig.pull()
    listener.rig.session.leave(listener.rig.touch())
    listener.is_at(Step.ATTRACT)
    before = len(listener.voice.said)
    listener.rig.go(Step.WHO)
    listener.is_at(Step.WHO)
    assert len(listener.voice.said) == before
