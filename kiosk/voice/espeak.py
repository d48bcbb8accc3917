"""Text to WAV by espeak-ng, one short process a screen (decision 0017).

The words go in by standard input and come out by standard output: no shell, no file, no argument that holds them, and
nothing of them in a log. What is spoken is never kept: 130 s of sound take some 0.2 s to make.
"""

from __future__ import annotations

import io
import logging
import re
import shutil
import subprocess
import threading
import wave
from collections.abc import Sequence
from html import escape

from kiosk.enrolment.errors import VoiceError
from kiosk.enrolment.ports import Passage, Voice

PROGRAM = "espeak-ng"
DEADLINE_S = 10.0
WORDS_PER_MINUTE = 150  # slower than a newsreader: people hear this once
LONGEST_TEXT = 20_000  # characters; the longest screen, the notice, has some 2,400
_SAMPLE_WIDTH = 2  # bytes: espeak-ng makes 16 bits, one channel
_HEADER = 44  # bytes of a canonical WAV header
_RATE_AT = slice(24, 28)  # samples a second, in that header
_VOICE_NAME = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*", re.ASCII)

_log = logging.getLogger(__name__)


class EspeakVoice(Voice):
    """The voice of the machine's espeak-ng. One screen at a time: a second page waits for the first's sound."""

    def __init__(self, program: str = PROGRAM, *, deadline_s: float = DEADLINE_S) -> None:
        self._program = shutil.which(program)
        self._deadline_s = deadline_s
        self._one_at_a_time = threading.Lock()
        if self._program is None:
            _log.warning("spoken mode is asked for, but espeak-ng is not installed")

    @property
    def is_there(self) -> bool:  # noqa: D102 - the port says it
        return self._program is not None

    def speak(self, passages: Sequence[Passage]) -> bytes:  # noqa: D102 - the port says it
        if self._program is None:
            raise VoiceError("espeak-ng is not installed")
        if not passages or not all(_VOICE_NAME.fullmatch(passage.voice) for passage in passages):
            raise VoiceError("nothing to say, or not the name of a voice")
        # -m: the words are SSML, because a screen speaks several languages where it offers them.
        speed = str(WORDS_PER_MINUTE)
        command = [self._program, "-b", "1", "-m", "-v", passages[0].voice, "-s", speed, "--stdin", "--stdout"]
        with self._one_at_a_time:
            return _finished(self._run(command, _ssml(passages)))

    def _run(self, command: list[str], text: str) -> bytes:
        try:
            done = subprocess.run(  # noqa: S603 - no shell; program and voice are checked, the words go by stdin
                command, input=text.encode(), capture_output=True, timeout=self._deadline_s, check=True, env={}
            )
        except subprocess.TimeoutExpired:
            raise VoiceError("espeak-ng took too long") from None
        except (OSError, subprocess.CalledProcessError) as error:
            raise VoiceError(f"espeak-ng failed: {type(error).__name__}") from None
        return done.stdout


def _ssml(passages: Sequence[Passage]) -> str:
    if sum(len(passage.text) for passage in passages) > LONGEST_TEXT:
        raise VoiceError("too much to say")
    said = (f'<voice name="{passage.voice}">{escape(passage.text)}</voice>' for passage in passages)
    return f"<speak>{''.join(said)}</speak>"


def _finished(streamed: bytes) -> bytes:
    """The same sound with its true length: a stream's header says "endless", and players then never say they end."""
    if len(streamed) <= _HEADER or not streamed.startswith(b"RIFF"):
        raise VoiceError("espeak-ng made no sound")
    sound = io.BytesIO()
    with wave.open(sound, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(_SAMPLE_WIDTH)
        file.setframerate(int.from_bytes(streamed[_RATE_AT], "little"))
        file.writeframes(streamed[_HEADER:])
    return sound.getvalue()
