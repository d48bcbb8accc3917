"""Spaces at which a line must not break: French stands one before : ; ? ! and inside its quotation marks.

The wording files are typed with plain spaces; what is shown gets no-break ones (U+00A0, which every typeface of a
terminal and code page 1252 have). A language that writes no space there is left as it is, so no rule names a language.
"""

from __future__ import annotations

import re
from typing import Any

NO_BREAK = "\u00a0"
_SPACES = re.compile(r" (?=[:;?!»])|(?<=«) ")


def with_no_break_spaces(words: Any) -> Any:
    """The same words, or the same lists and objects of words as JSON gives them, with their no-break spaces."""
    if isinstance(words, str):
        return _SPACES.sub(NO_BREAK, words)
    if isinstance(words, list):
        return [with_no_break_spaces(one) for one in words]
    if isinstance(words, dict):
        return {key: with_no_break_spaces(one) for key, one in words.items()}
    return words


def with_plain_spaces(words: str) -> str:
    """The words as they were typed."""
    return words.replace(NO_BREAK, " ")
