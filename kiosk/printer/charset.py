"""Any text → text that CP1252 holds, so that « È Ç œ € » come out and nothing becomes a question mark.

Rules, first that fits, character by character, after NFC:
1. control, format and surrogate characters go away (tab and line ends become a space): text can never carry a command;
2. what CP1252 holds stays;
3. the table below: signs and letters that have no accent to drop;
4. the letter without its marks (ő → o, ž is in CP1252 anyway, ș → s);
5. ``¤``, which nobody mistakes for a letter. Other scripts end here: the card's names are Latin.
French spacing: a space before ``: ; ! ? »`` and after ``«`` is made unbreakable (Lexique des règles typographiques
en usage à l'Imprimerie nationale), so that no line begins with a colon.
"""

from __future__ import annotations

import re
import unicodedata

ENCODING = "cp1252"
NO_BREAK_SPACE = "\u00a0"
SUBSTITUTE = "¤"

_SIGNS = {
    "\u202f": NO_BREAK_SPACE,  # narrow no-break space
    "\u2007": NO_BREAK_SPACE,
    "\u2009": " ",
    "\u2010": "-",
    "\u2011": "-",
    "\u2012": "\N{EN DASH}",
    "\u2015": "—",
    "\u2212": "-",  # minus
    "\u2032": "\N{RIGHT SINGLE QUOTATION MARK}",
    "\u2033": '"',
    "\u201b": "\N{LEFT SINGLE QUOTATION MARK}",
    "\u2192": "->",
    "\u2190": "<-",
    "\u2264": "<=",
    "\u2265": ">=",
    "\u2713": "x",
    "\u2714": "x",
    "\u2610": "[ ]",
    "\u2611": "[x]",
    "ł": "l",
    "Ł": "L",
    "đ": "d",
    "Đ": "D",
    "ħ": "h",
    "Ħ": "H",
    "\N{LATIN SMALL LETTER DOTLESS I}": "i",
    "ĸ": "k",
    "ŋ": "ng",
    "Ŋ": "NG",
    "ŧ": "t",
    "Ŧ": "T",
    "ẞ": "SS",
    "ə": "e",
    "Ə": "E",
}
_SPACES = {"\t", "\n", "\r", "\v", "\f", "\u2028", "\u2029"}
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Mn", "Me"}
_BEFORE = re.compile(r" (?=[:;!?»])")
_AFTER = re.compile(r"(?<=«) ")


def to_cp1252(text: str) -> str:
    """The same text in characters that CP1252 encodes; never raises, never gives ``?`` for something else."""
    normal = unicodedata.normalize("NFC", text)
    if not (normal.isascii() and normal.isprintable()):
        normal = "".join(map(_character, normal))
    return _AFTER.sub(NO_BREAK_SPACE, _BEFORE.sub(NO_BREAK_SPACE, normal))


def _character(character: str) -> str:
    if character in _SPACES:
        return " "
    if unicodedata.category(character) in _UNSEEN:
        return ""
    if _encodes(character):
        return character
    if character in _SIGNS:
        return _SIGNS[character]
    base = "".join(c for c in unicodedata.normalize("NFKD", character) if not unicodedata.combining(c))
    return base if base and _encodes(base) else SUBSTITUTE


def _encodes(text: str) -> bool:
    try:
        text.encode(ENCODING)
    except UnicodeEncodeError:
        return False
    return True
