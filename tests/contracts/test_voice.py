"""What every voice behind ``Voice`` must do: the machine's espeak-ng, and the fake of the screens' tests."""

from __future__ import annotations

import io
import wave

import pytest

from kiosk.enrolment.errors import VoiceError
from kiosk.enrolment.ports import Passage, Voice
from kiosk.voice.espeak import EspeakVoice
from tests.fakes.speaker import RecordingVoice


@pytest.fixture(params=[pytest.param(EspeakVoice, marks=pytest.mark.voice), RecordingVoice], ids=["espeak-ng", "fake"])
def voice(request: pytest.FixtureRequest) -> Voice:
    made: Voice = request.param()
    return made


def seconds(sound: bytes) -> float:
    with wave.open(io.BytesIO(sound)) as file:
        return file.getnframes() / file.getframerate()


def test_it_says_that_it_is_there(voice: Voice) -> None:
    assert voice.is_there


def test_it_gives_a_sound_a_browser_can_play(voice: Voice) -> None:
    assert seconds(voice.speak([Passage("Bonjour.", "fr")])) > 0


def test_all_passages_are_in_the_sound(voice: Voice) -> None:
    one, other = Passage("Bonjour.", "fr"), Passage("Hello.", "en-gb")
    assert seconds(voice.speak([one, other])) > seconds(voice.speak([one]))


def test_nothing_to_say_is_an_error_not_a_silence(voice: Voice) -> None:
    with pytest.raises(VoiceError):
        voice.speak([])
