"""A voice that notes what it is asked to say."""

from __future__ import annotations

import io
import wave
from collections.abc import Sequence

from kiosk.enrolment.errors import VoiceError
from kiosk.enrolment.ports import Passage, Voice


class RecordingVoice(Voice):
    """``said`` is all it was given; its sound is a tenth of a second of silence a passage. ``error`` makes it fail."""

    def __init__(self) -> None:
        self.said: list[Passage] = []
        self.error: VoiceError | None = None

    @property
    def is_there(self) -> bool:
        return True

    def speak(self, passages: Sequence[Passage]) -> bytes:
        if self.error is not None:
            raise self.error
        if not passages:
            raise VoiceError("nothing to say")
        self.said += passages
        sound = io.BytesIO()
        with wave.open(sound, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(22050)
            file.writeframes(b"\0\0" * 2205 * len(passages))
        return sound.getvalue()
