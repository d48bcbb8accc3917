"""Any text → text that the printer's code page holds, so that « È Ç œ € » come out and nothing becomes a question mark.

Rules, first that fits, character by character, after NFC:
1. control, format and surrogate characters go away (tab and line ends become a space): text can never carry a command;
2. what the code page holds stays;
3. the table below: signs and letters that have no accent to drop, each with stand-ins, the first that the page holds
   (œ → oe, € → EUR, a curly apostrophe → ', a dash → -);
4. the letter without its marks (ő → o, ș → s; È → E on pages that have it not);
5. ``¤``, or ``#`` where the page lacks it: nobody mistakes them for a letter. Other scripts end here: the card's names
   are Latin.
French spacing: a space before ``: ; ! ? »`` and after ``«`` is made unbreakable (Lexique des règles typographiques
en usage à l'Imprimerie nationale), so that no line begins with a colon. That is for the layout alone: on paper each of
them is a plain space (:func:`on_paper`), because clones draw all sorts of things at the place of the unbreakable one.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

NO_BREAK_SPACE = "\u00a0"
SUBSTITUTE = "¤"
SUBSTITUTES = (SUBSTITUTE, "#")
FIRST_PRINTABLE = 0x20  # some pages have signs below, where the printer reads commands

_SIGNS: dict[str, tuple[str, ...]] = {
    "\u202f": (NO_BREAK_SPACE,),  # narrow no-break space
    "\u2007": (NO_BREAK_SPACE,),
    "\u2009": (" ",),
    "\u2010": ("-",),
    "\u2011": ("-",),
    "\u2012": ("\N{EN DASH}", "-"),
    "\N{EN DASH}": ("-",),
    "—": ("-",),
    "\u2015": ("—", "-"),
    "\u2212": ("-",),  # minus
    "\N{LEFT SINGLE QUOTATION MARK}": ("'",),
    "\N{RIGHT SINGLE QUOTATION MARK}": ("'",),
    "\u2032": ("\N{RIGHT SINGLE QUOTATION MARK}", "'"),
    "\u201b": ("\N{LEFT SINGLE QUOTATION MARK}", "'"),
    "\u201a": (",",),
    "“": ('"',),
    "”": ('"',),
    "„": ('"',),
    "\u2033": ('"',),
    "«": ('"',),
    "»": ('"',),
    "\u2039": ("<",),
    "\u203a": (">",),
    "…": ("...",),
    "•": ("*",),
    "·": ("-",),
    "°": ("o",),
    "§": ("par.",),
    "€": ("EUR",),
    "\N{MULTIPLICATION SIGN}": ("x",),
    "\u2192": ("->",),
    "\u2190": ("<-",),
    "\u2264": ("<=",),
    "\u2265": (">=",),
    "\u2713": ("x",),
    "\u2714": ("x",),
    "\u2610": ("[ ]",),
    "\u2611": ("[x]",),
    "œ": ("oe",),
    "Œ": ("OE",),
    "æ": ("ae",),
    "Æ": ("AE",),
    "ø": ("o",),
    "Ø": ("O",),
    "\N{MODIFIER LETTER CIRCUMFLEX ACCENT}": ("^",),
    "\N{SMALL TILDE}": ("~",),
    "ƒ": ("f",),
    "µ": ("u",),
    "ß": ("ss",),
    "ẞ": ("SS",),
    "ł": ("l",),
    "Ł": ("L",),
    "đ": ("d",),
    "Đ": ("D",),
    "ð": ("d",),
    "Ð": ("D",),
    "þ": ("th",),
    "Þ": ("TH",),
    "ħ": ("h",),
    "Ħ": ("H",),
    "\N{LATIN SMALL LETTER DOTLESS I}": ("i",),
    "ĸ": ("k",),
    "ŋ": ("ng",),
    "Ŋ": ("NG",),
    "ŧ": ("t",),
    "Ŧ": ("T",),
    "ə": ("e",),
    "Ə": ("E",),
}
_SPACES = {"\t", "\n", "\r", "\v", "\f", "\u2028", "\u2029"}
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Mn", "Me"}
_BEFORE = re.compile(r" (?=[:;!?»])")
_AFTER = re.compile(r"(?<=«) ")


def transliterated(text: str, encoding: str) -> str:
    """The same text in characters of that encoding and no-break spaces; never raises, never gives ``?`` for another."""
    spaced = _AFTER.sub(NO_BREAK_SPACE, _BEFORE.sub(NO_BREAK_SPACE, unicodedata.normalize("NFC", text)))
    if spaced.isascii() and spaced.isprintable():
        return spaced
    return "".join(_character(one, encoding) for one in spaced)


def on_paper(text: str, encoding: str) -> bytes:
    """The bytes of a text that :func:`transliterated` made; a no-break space is a space.

    Raises:
        UnicodeEncodeError: the text was not made for this encoding.
    """
    return text.replace(NO_BREAK_SPACE, " ").encode(encoding)


@lru_cache(maxsize=4096)
def _character(character: str, encoding: str) -> str:
    if character == NO_BREAK_SPACE:
        return character
    if character in _SPACES:
        return " "
    if unicodedata.category(character) in _UNSEEN:
        return ""
    base = "".join(c for c in unicodedata.normalize("NFKD", character) if not unicodedata.combining(c))
    for one in (character, *_SIGNS.get(character, ()), base, *SUBSTITUTES):
        if one == NO_BREAK_SPACE or (one and _encodes(one, encoding)):
            return one
    raise LookupError("an encoding without the characters of ASCII")


def _encodes(text: str, encoding: str) -> bool:
    try:
        return all(byte >= FIRST_PRINTABLE for byte in text.encode(encoding))
    except UnicodeEncodeError:
        return False
