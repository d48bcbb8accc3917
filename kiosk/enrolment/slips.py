"""What the two slips say: facts → lines. Pure; the words come from ``wording/<language>/slips.json``.

Sources: domain/dmp.md §5 (required content), design.md §4 (slip B, usable once transmitted), EX_GEN-1470 (login and
code by hand). Slip A never bears the code, slip B never the name, NIR, e-mail or mobile; neither bears a contact.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import datetime, timedelta

from kiosk.enrolment.ports import TerminalPlace
from kiosk.enrolment.rules import PARIS
from kiosk.enrolment.slip import LineRole, Slip, SlipKind, SlipLine
from wire.codes import ActivationCode, Locator
from wire.facts import EnrolmentFacts
from wire.identifiers import RecordId
from wire.nir import Nir

CODE_LIFETIME = timedelta(days=42)  # the legal six weeks (domain/dmp.md §5)
_NUMBER_TAIL = 8  # hexadecimal digits of the record id, enough to find it by telephone


@dataclass(frozen=True, slots=True, repr=False)
class SlipFactsShown:
    """What both slips are made of; dropped as soon as they are lines."""

    record_id: RecordId
    at: datetime
    place: TerminalPlace
    facts: EnrolmentFacts


def acknowledgement(shown: SlipFactsShown, words: dict[str, str]) -> Slip:
    """Slip A: what was recorded, for whom, by whom, and how to change it."""
    place, facts = shown.place, shown.facts
    local = shown.at.astimezone(PARIS)
    number = f"{place.terminal}-{local:%Y%m%d}-{shown.record_id.value.hex()[-_NUMBER_TAIL:].upper()}"
    lines = (
        SlipLine(LineRole.TITLE, words["a_title"]),
        SlipLine(LineRole.BLANK),
        SlipLine(LineRole.TEXT, words["a_intro"]),
        SlipLine(LineRole.BLANK),
        _field(words["a_number"], number),
        _field(words["date"], f"{local:%d/%m/%Y à %H:%M}"),
        _field(words["place"], ", ".join((place.office_name, *place.office_lines))),
        _field(words["terminal"], place.terminal),
        _field(words["operator"], _operator(facts, words)),
        SlipLine(LineRole.RULE),
        SlipLine(LineRole.HEADING, words["person_heading"]),
        _field(words["name"], facts.traits.family_name),
        _field(words["given_name"], facts.traits.given_name),
        _field(words["birth_date"], date_on_card(facts.traits.birth_date)),
        _field(words["nir"], _masked_for_paper(Nir.parse(facts.traits.nir))),
        SlipLine(LineRole.SMALL, f"{words['reference']} : {shown.record_id}"),
        SlipLine(LineRole.RULE),
        SlipLine(LineRole.HEADING, words["choices_heading"]),
        *(_field(words[answer.question.value], _choice(words, answer.accepted)) for answer in facts.answers),
        _field(words["contact"], _contact_kinds(facts, words)),
        SlipLine(LineRole.RULE),
        SlipLine(LineRole.HEADING, words["change_heading"]),
        SlipLine(LineRole.TEXT, words["change"]),
        SlipLine(LineRole.HEADING, words["rights_heading"]),
        SlipLine(LineRole.TEXT, words["rights"]),
        SlipLine(LineRole.BLANK),
        SlipLine(LineRole.SMALL, words["complaint"]),
        *_help(place, words),
        SlipLine(LineRole.SMALL, f"{words['notice']} : {facts.notice.text_id} {facts.notice.version}"),
    )
    return Slip(SlipKind.ACKNOWLEDGEMENT, 1, lines)


def activation(shown: SlipFactsShown, locator: Locator, code: ActivationCode, words: dict[str, str]) -> Slip:
    """Slip B: locator, code and QR. Nothing on it says whose it is."""
    place = shown.place
    until = (shown.at + CODE_LIFETIME).astimezone(PARIS)
    head = (
        SlipLine(LineRole.TITLE, words["b_title"]),
        SlipLine(LineRole.BLANK),
        SlipLine(LineRole.TEXT, words["b_intro"]),
        SlipLine(LineRole.BLANK),
        SlipLine(LineRole.TEXT, words["b_scan"]),
        SlipLine(LineRole.TEXT, place.activation_url),
    )
    groups = code.grouped().split("-")
    lines = (
        *head,
        SlipLine(LineRole.HEADING, words["b_locator"]),
        SlipLine(LineRole.CODE, locator.grouped()),
        SlipLine(LineRole.BLANK),
        SlipLine(LineRole.HEADING, words["b_code"]),
        SlipLine(LineRole.CODE, "-".join(groups[:2])),
        SlipLine(LineRole.CODE, "-".join(groups[2:])),
        SlipLine(LineRole.BLANK),
        _field(words["b_until"], f"{until:%d/%m/%Y}"),
        SlipLine(LineRole.TEXT, words["b_once"]),
        SlipLine(LineRole.BLANK),
        SlipLine(LineRole.SMALL, words["b_lost"]),
        *_help(place, words),
    )
    qr = f"{place.activation_url}#L={locator.value}&C={code.grouped()}"
    return Slip(SlipKind.ACTIVATION, 1, lines, qr=qr, qr_after=len(head))


def next_copy(slip: Slip, words: dict[str, str]) -> Slip:
    """The same slip once more, saying at its head which copy it is."""
    number = slip.copy_number + 1
    first_copy = slip.copy_number == 1
    mark = SlipLine(LineRole.SMALL, words["copy"].format(number=number))
    return dataclasses.replace(
        slip,
        copy_number=number,
        lines=(mark, *(slip.lines if first_copy else slip.lines[1:])),
        qr_after=slip.qr_after + 1 if first_copy and slip.qr_after is not None else slip.qr_after,
    )


def date_on_card(raw: str) -> str:
    """The eight characters of the card as day, month, year; a lunar date keeps its impossible month."""
    return f"{raw[6:]}/{raw[4:6]}/{raw[:4]}"


def _field(label: str, text: str) -> SlipLine:
    return SlipLine(LineRole.FIELD, text, label)


def _choice(words: dict[str, str], accepted: bool) -> str:
    return words["allowed"] if accepted else words["opposed"]


def _operator(facts: EnrolmentFacts, words: dict[str, str]) -> str:
    return f"{facts.identity_check.operator} ({words['role_' + facts.identity_check.role]})"


def _contact_kinds(facts: EnrolmentFacts, words: dict[str, str]) -> str:
    given = {"contact_email": facts.contact.email, "contact_mobile": facts.contact.mobile}
    return ", ".join(words[kind] for kind, value in given.items() if value) or words["contact_none"]


def _masked_for_paper(nir: Nir) -> str:
    return nir.masked().replace("•", "*")  # the printers' code page holds no bullet that all of them draw


def _help(place: TerminalPlace, words: dict[str, str]) -> tuple[SlipLine, ...]:
    return () if place.help_line is None else (_field(words["help_line"], place.help_line),)
