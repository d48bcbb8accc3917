"""The printer's test page: model, every style and letter, first and last column, a code to scan, a cut. Of nobody.

Printed from the agent's panel after a change of paper, and by ``python -m kiosk.printer`` where a printer is set up.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from kiosk.enrolment.slip import LineRole, Slip, SlipKind, SlipLine

_LETTERS = "AÀÂÆBCÇDEÉÈÊËFGHIÎÏJKLMNOÔŒPQRSTUÙÛÜVWXYŸZ"
_DIGITS = "0123456789"
_SIGNS = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~ €°«»§’…–"  # noqa: RUF001 - the signs of French print


def trial_slip(where: str, at: datetime, words: Mapping[str, str]) -> Slip:
    """What a person looks at after a change of paper or of printer.

    ``where`` is the terminal's or the machine's name in plain ASCII, ``at`` an aware time in the zone that it is shown
    in, ``words`` those of the slips.
    """
    before = (
        SlipLine(LineRole.TITLE, words["trial_title"]),
        SlipLine(LineRole.RULE),
        SlipLine(LineRole.HEADING, f"{where} · {at:%d/%m/%Y %H:%M}"),
        SlipLine(LineRole.RULER, label=words["trial_printer"]),
        SlipLine(LineRole.TEXT, words["trial_columns"]),
        SlipLine(LineRole.BLANK),
        SlipLine(LineRole.TEXT, words["trial_look"]),
        SlipLine(LineRole.TEXT, _LETTERS),
        SlipLine(LineRole.TEXT, _LETTERS.lower()),
        SlipLine(LineRole.TEXT, f"{_DIGITS} {_SIGNS}"),
        SlipLine(LineRole.FIELD, _DIGITS, words["trial_field"]),
        SlipLine(LineRole.CODE, "ABCD-EFGH"),
        SlipLine(LineRole.SMALL, f"{_LETTERS} {_LETTERS.lower()} {_DIGITS}"),
    )
    after = (SlipLine(LineRole.RULE), SlipLine(LineRole.TEXT, words["trial_end"]))
    qr = f"TEST {where} {at.isoformat(timespec='minutes')}"
    return Slip(SlipKind.TRIAL, 1, before + after, qr=qr, qr_after=len(before))
