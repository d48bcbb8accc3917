"""The trial slip: every style, the letters of the language, a code to scan, and a cut. Nothing of a person."""

from __future__ import annotations

from datetime import datetime

from kiosk.enrolment.rules import PARIS
from kiosk.enrolment.slip import LineRole, Slip, SlipKind, SlipLine
from wire.identifiers import TerminalId

_LETTERS = "AÀÂÆBCÇDEÉÈÊËFGHIÎÏJKLMNOÔŒPQRSTUÙÛÜVWXYŸZ"
_DIGITS = "0123456789"
_SIGNS = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~ €°«»§’…–"  # noqa: RUF001 - the signs of French print


def trial_slip(terminal: TerminalId, at: datetime, words: dict[str, str]) -> Slip:
    """What an agent looks at after a change of paper; ``words`` are those of the slips, ``at`` is aware UTC."""
    when = f"{at.astimezone(PARIS):%d/%m/%Y %H:%M}"
    before = (
        SlipLine(LineRole.TITLE, words["trial_title"]),
        SlipLine(LineRole.RULE),
        SlipLine(LineRole.HEADING, f"{terminal} · {when}"),
        SlipLine(LineRole.TEXT, words["trial_look"]),
        SlipLine(LineRole.TEXT, _LETTERS),
        SlipLine(LineRole.TEXT, _LETTERS.lower()),
        SlipLine(LineRole.TEXT, f"{_DIGITS} {_SIGNS}"),
        SlipLine(LineRole.FIELD, _DIGITS, words["trial_field"]),
        SlipLine(LineRole.CODE, "ABCD-EFGH"),
        SlipLine(LineRole.SMALL, f"{_LETTERS} {_LETTERS.lower()} {_DIGITS}"),
    )
    after = (SlipLine(LineRole.RULE), SlipLine(LineRole.TEXT, words["trial_end"]))
    qr = f"TEST {terminal} {at:%Y-%m-%dT%H:%MZ}"
    return Slip(SlipKind.TRIAL, 1, before + after, qr=qr, qr_after=len(before))
