"""The real espeak-ng where it is installed (scripts/test installs it), and stand-ins for one that misbehaves."""

from __future__ import annotations

import io
import logging
import sys
import wave
from pathlib import Path

import pytest

from kiosk.enrolment.errors import VoiceError
from kiosk.enrolment.languages import load_languages
from kiosk.enrolment.ports import Passage
from kiosk.voice.espeak import LONGEST_TEXT, PROGRAM, EspeakVoice

pytestmark = pytest.mark.voice

SECRET = "CAMILLE EXEMPLE"
VOICES = [texts.language.voice for texts in load_languages().values()]


def says(text: str, voice: str) -> list[Passage]:
    return [Passage(text, voice)]


def program(folder: Path, body: str) -> str:
    """A stand-in for espeak-ng: a script of that body."""
    script = folder / "speaks"
    script.write_text(f"#!{sys.executable}\n{body}\n", encoding="utf-8")
    script.chmod(0o755)
    return str(script)


@pytest.mark.parametrize("voice", VOICES)
def test_every_language_sounds(voice: str) -> None:
    with wave.open(io.BytesIO(EspeakVoice().speak(says("1, 2, 3.", voice)))) as sound:
        assert (sound.getnchannels(), sound.getsampwidth()) == (1, 2)
        assert sound.getnframes() > sound.getframerate() / 2, "less than half a second"
        assert len(set(sound.readframes(sound.getnframes()))) > 16, "silence"


@pytest.mark.parametrize("voice", VOICES)
def test_more_words_take_longer(voice: str) -> None:
    espeak = EspeakVoice()
    assert len(espeak.speak(says("1, 2, 3, 4, 5, 6.", voice))) > len(espeak.speak(says("1, 2.", voice)))


def test_a_screen_may_speak_several_languages() -> None:
    espeak = EspeakVoice()
    both = espeak.speak([*says("Bonjour.", "fr"), *says("مرحبا.", "ar")])
    assert len(both) > max(len(espeak.speak(says("Bonjour.", "fr"))), len(espeak.speak(says("مرحبا.", "ar"))))


def test_signs_of_markup_in_the_words_are_spoken_not_obeyed() -> None:
    espeak = EspeakVoice()
    silenced = espeak.speak(says('<audio src="/etc/passwd"/> & <break time="30s"/>', "fr"))
    assert len(silenced) < len(espeak.speak(says("mot " * 60, "fr")))
    assert len(silenced) > len(espeak.speak(says("mot", "fr")))


def test_too_many_words_are_refused_not_cut() -> None:
    with pytest.raises(VoiceError):
        EspeakVoice().speak(says("a" * (LONGEST_TEXT + 1), "fr"))


def test_the_header_tells_the_true_length() -> None:
    sound = EspeakVoice().speak(says("Bonjour.", "fr"))
    assert int.from_bytes(sound[4:8], "little") == len(sound) - 8


def test_words_that_look_like_an_option_are_spoken() -> None:
    assert EspeakVoice().speak(says("--version", "fr")).startswith(b"RIFF")


@pytest.mark.parametrize("voice", ["", "-v", "fr;id", "../fr", "fr\n", "FR"])
def test_a_voice_that_is_no_name_never_reaches_the_program(voice: str) -> None:
    with pytest.raises(VoiceError):
        EspeakVoice(sys.executable).speak(says("Bonjour.", voice))


def test_a_terminal_without_the_program_says_so_and_stays_silent() -> None:
    voice = EspeakVoice("no-such-program")
    assert not voice.is_there
    with pytest.raises(VoiceError):
        voice.speak(says("Bonjour.", "fr"))


@pytest.mark.parametrize(
    "body",
    ["raise SystemExit(1)", "print('no sound')", "pass", "import time; time.sleep(60)"],
    ids=["fails", "says something else", "says nothing", "never ends"],
)
def test_a_program_that_misbehaves_is_an_error_in_time_and_tells_nothing_of_the_words(
    body: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(VoiceError) as caught:
        EspeakVoice(program(tmp_path, body), deadline_s=0.5).speak(says(SECRET, "fr"))
    assert SECRET not in f"{caught.value!r} {caught.value.__cause__!r} {caplog.text}"


def test_the_words_are_no_argument_that_other_users_could_list(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    body = f"import sys; open({str(seen)!r}, 'w').write(' '.join(sys.argv)); raise SystemExit(1)"
    with pytest.raises(VoiceError):
        EspeakVoice(program(tmp_path, body)).speak(says(SECRET, "fr"))
    assert "fr" in seen.read_text(encoding="utf-8").split()
    assert SECRET not in seen.read_text(encoding="utf-8")


def test_the_program_is_the_one_the_packages_install() -> None:
    assert PROGRAM == "espeak-ng"
    assert EspeakVoice().is_there
