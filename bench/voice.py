"""The spoken mode: from the words of a screen to its whole sound, by the machine's espeak-ng (decision 0017).

Bound, ours: a question sounds within 0.2 s, so that keys seem to answer at once; the whole notice within 1 s. Inside:
one process of espeak-ng, the sound on a pipe, its header made true. Not inside: drawing the page, the browser.
"""

from __future__ import annotations

import time

from bench.figures import Figure, percentile
from kiosk.enrolment.languages import load_languages
from kiosk.enrolment.ports import Passage
from kiosk.enrolment.texts import Text
from kiosk.voice.espeak import EspeakVoice

_TIMES = 30
_BOUND_MS = {"creation": 200.0, "notice": 1000.0}
_BYTES_A_SECOND = 2 * 22050


def run() -> list[Figure]:
    """The 95th percentile for the longest and for an ordinary screen, in every language; nothing without espeak-ng."""
    voice = EspeakVoice()
    if not voice.is_there:
        return []
    return [
        _figure(voice, texts.language.voice, texts.evidence[name], bound)
        for texts in load_languages().values()
        for name, bound in _BOUND_MS.items()
    ]


def _figure(voice: EspeakVoice, name: str, text: Text, bound: float) -> Figure:
    passages = [Passage(text.words().decode(), name)]
    seconds = len(voice.speak(passages)) / _BYTES_A_SECOND
    spent = []
    for _ in range(_TIMES):
        began = time.perf_counter()
        voice.speak(passages)
        spent.append((time.perf_counter() - began) * 1000)
    inside = f"{len(passages[0].text)} characters, {seconds:.0f} s of sound; {_TIMES} times"
    return Figure(f"sound of {text.id}, {text.language}, p95", percentile(spent, 95), "ms", inside, most=bound)
