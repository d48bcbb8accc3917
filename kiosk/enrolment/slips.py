"""What the slips say: facts → lines. Pure; the words come from ``wording/<language>/slips.json``.

Sources: domain/dmp.md §5 (required content), §6 (closure), §16 M8 (minors); design.md §4 (slip B, usable once
transmitted), EX_GEN-1470 (login and code by hand). Slip A never bears the code, slip B never the name, NIR, e-mail or
mobile; neither bears a contact. The leaflet on the minor's secret is named on no other slip.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from kiosk.enrolment.place import TerminalPlace
from kiosk.enrolment.rules import PARIS
from kiosk.enrolment.slip import LineRole, Slip, SlipKind, SlipLine
from kiosk.enrolment.texts import Text
from wire.codes import ActivationCode, Locator
from wire.evidence import Answer, Contact, NamedPerson, Question, Representation, TextShown, Traits
from wire.facts import ClosureFacts, CodeReissueFacts, PendingInsFacts, PersonFacts, ReactivationFacts
from wire.identifiers import RecordId
from wire.nir import Nir

CODE_LIFETIME = timedelta(days=42)  # the legal six weeks (domain/dmp.md §5)
_NUMBER_TAIL = 8  # hexadecimal digits of the record id, enough to find it by telephone
_CHOICES = frozenset(Question) - {Question.DECLARATION, Question.HEARD, Question.OWN_WILL}
Words = Mapping[str, str]


@dataclass(frozen=True, slots=True, repr=False)
class SlipFactsShown:
    """What the slips of one record are made of; dropped as soon as they are lines."""

    record_id: RecordId
    at: datetime
    place: TerminalPlace
    facts: PersonFacts | PendingInsFacts


def acknowledgement(shown: SlipFactsShown, words: Words) -> Slip:
    """Slip A: what was recorded, for whom, by whom, and how to change it. One for each kind of record."""
    facts, kind = shown.facts, shown.facts.__struct_config__.tag
    lines = (
        SlipLine(LineRole.TITLE, words[f"a_title_{kind}"]),
        SlipLine(LineRole.BLANK),
        SlipLine(LineRole.TEXT, words[f"a_intro_{kind}"]),
        SlipLine(LineRole.BLANK),
        *_where_and_when(shown, words),
        SlipLine(LineRole.RULE),
        *_person(facts, words),
        *_company(facts.representation, words),
        SlipLine(LineRole.SMALL, words["reference"].format(reference=shown.record_id)),
        *_choices(facts, words),
        SlipLine(LineRole.RULE),
        *_consequence(shown, words),
        SlipLine(LineRole.HEADING, words["change_heading"]),
        SlipLine(LineRole.TEXT, words["change"]),
        SlipLine(LineRole.HEADING, words["rights_heading"]),
        SlipLine(LineRole.TEXT, words["rights"]),
        SlipLine(LineRole.BLANK),
        SlipLine(LineRole.SMALL, words["complaint"]),
        *_help(shown.place, words),
        *_notice(getattr(facts, "notice", None), words),
    )
    return Slip(SlipKind.ACKNOWLEDGEMENT, 1, lines)


def activation(shown: SlipFactsShown, locator: Locator, code: ActivationCode, words: Words) -> Slip:
    """Slip B: locator, code and QR. Nothing on it says whose it is; a new code says that it waits to be confirmed."""
    return _activation(shown, locator, code, words, _reissue(shown.facts, words))


def activation_anew(
    shown: SlipFactsShown, locator: Locator, code: ActivationCode, copy_number: int, words: Words
) -> Slip:
    """Slip B with another code, in place of one that may be on paper: says that the one before it is void."""
    void = (SlipLine(LineRole.BLANK), SlipLine(LineRole.HEADING, words["b_void"]), *_reissue(shown.facts, words))
    return _marked(_activation(shown, locator, code, words, void), copy_number, words)


def _activation(
    shown: SlipFactsShown, locator: Locator, code: ActivationCode, words: Words, news: tuple[SlipLine, ...]
) -> Slip:
    place = shown.place
    until = (shown.at + CODE_LIFETIME).astimezone(PARIS)
    head = (
        SlipLine(LineRole.TITLE, words["b_title"]),
        SlipLine(LineRole.BLANK),
        SlipLine(LineRole.TEXT, words["b_intro"]),
        *news,
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


def leaflet(text: Text) -> Slip:
    """For the minor, on their secret: says nobody's name and is handed to them alone (dmp.md §16 M8)."""
    points = [line for point in text.points for line in (SlipLine(LineRole.TEXT, point), SlipLine(LineRole.BLANK))]
    return Slip(SlipKind.LEAFLET, 1, (SlipLine(LineRole.TITLE, text.title), SlipLine(LineRole.BLANK), *points))


def refusal_slip(place: TerminalPlace, words: Words) -> Slip:
    """How to change one's mind after a "no": no name, no date, nothing that tells who or when."""
    lines = (
        SlipLine(LineRole.TITLE, words["r_title"]),
        SlipLine(LineRole.BLANK),
        SlipLine(LineRole.TEXT, words["r_intro"]),
        SlipLine(LineRole.BLANK),
        SlipLine(LineRole.HEADING, words["r_heading"]),
        SlipLine(LineRole.TEXT, words["r_how"]),
        SlipLine(LineRole.BLANK),
        SlipLine(LineRole.SMALL, words["complaint"]),
        *_help(place, words),
    )
    return Slip(SlipKind.REFUSAL, 1, lines)


def next_copy(slip: Slip, words: Words) -> Slip:
    """The same slip once more, saying at its head which copy it is."""
    bare = slip if slip.copy_number == 1 else _unmarked(slip)
    return _marked(bare, slip.copy_number + 1, words)


def date_on_card(raw: str) -> str:
    """The eight characters of the card as day, month, year; a lunar date keeps its impossible month."""
    return f"{raw[6:]}/{raw[4:6]}/{raw[:4]}"


def _marked(slip: Slip, number: int, words: Words) -> Slip:
    mark = SlipLine(LineRole.SMALL, words["copy"].format(number=number))
    after = None if slip.qr_after is None else slip.qr_after + 1
    return dataclasses.replace(slip, copy_number=number, lines=(mark, *slip.lines), qr_after=after)


def _unmarked(slip: Slip) -> Slip:
    after = None if slip.qr_after is None else slip.qr_after - 1
    return dataclasses.replace(slip, lines=slip.lines[1:], qr_after=after)


def _where_and_when(shown: SlipFactsShown, words: Words) -> tuple[SlipLine, ...]:
    place, check = shown.place, shown.facts.identity_check
    local = shown.at.astimezone(PARIS)
    number = f"{place.terminal}-{local:%Y%m%d}-{shown.record_id.value.hex()[-_NUMBER_TAIL:].upper()}"
    prepared = () if check.prepared_by is None else (_field(words["prepared_by"], check.prepared_by),)
    return (
        _field(words["a_number"], number),
        _field(words["date"], words["date_form"].format(date=f"{local:%d/%m/%Y}", time=f"{local:%H:%M}")),
        _field(words["place"], ", ".join((place.office_name, *place.office_lines))),
        _field(words["terminal"], place.terminal),
        _field(words["operator"], f"{check.operator} ({words['role_' + check.role]})"),
        *prepared,
    )


def _person(facts: PersonFacts | PendingInsFacts, words: Words) -> tuple[SlipLine, ...]:
    person: Traits | NamedPerson = facts.person if isinstance(facts, PendingInsFacts) else facts.traits
    number = words["nir_pending"] if isinstance(person, NamedPerson) else _masked_for_paper(Nir.parse(person.nir))
    return (
        SlipLine(LineRole.HEADING, words["person_heading"]),
        _field(words["name"], person.family_name),
        _field(words["given_name"], person.given_name),
        _field(words["birth_date"], date_on_card(person.birth_date or "")),
        _field(words["nir"], number),
    )


def _company(company: Representation | None, words: Words) -> tuple[SlipLine, ...]:
    if company is None:
        return ()
    who = company.representative
    other = company.other_parent
    named = f"{who.given_name} {who.family_name} ({words['quality_' + company.quality]})"
    return (
        _field(words[f"company_{company.measure.value}"], named),
        *(() if other is None else (_field(words["other_parent"], f"{other.given_name} {other.family_name}"),)),
    )


def _choices(facts: PersonFacts | PendingInsFacts, words: Words) -> tuple[SlipLine, ...]:
    answers: tuple[Answer, ...] = getattr(facts, "answers", ())
    contact: Contact | None = getattr(facts, "contact", None)
    alerts: str | None = getattr(facts, "alerts", None)
    lines = (
        *(_field(words[one.question.value], _choice(words, one)) for one in answers if one.question in _CHOICES),
        *(() if contact is None else (_field(words["contact"], _contact_kinds(contact, words)),)),
        *(() if alerts is None else (_field(words["alerts"], words[f"alerts_{alerts}"]),)),
    )
    return (SlipLine(LineRole.RULE), SlipLine(LineRole.HEADING, words["choices_heading"]), *lines) if lines else ()


def _consequence(shown: SlipFactsShown, words: Words) -> tuple[SlipLine, ...]:
    """What a closure leads to: the day until which the content is kept, or its destruction."""
    if not isinstance(shown.facts, ClosureFacts):
        return ()
    deleted = any(one.question is Question.DELETION and one.accepted for one in shown.facts.answers)
    if deleted:
        return (SlipLine(LineRole.TEXT, words["closure_deleted"]), SlipLine(LineRole.BLANK))
    local = shown.at.astimezone(PARIS)
    return (SlipLine(LineRole.TEXT, words["closure_kept"].format(year=local.year + 10)), SlipLine(LineRole.BLANK))


def _reissue(facts: PersonFacts | PendingInsFacts, words: Words) -> tuple[SlipLine, ...]:
    if isinstance(facts, ReactivationFacts):
        return (SlipLine(LineRole.BLANK), SlipLine(LineRole.TEXT, words["b_reactivation"]))
    if not isinstance(facts, CodeReissueFacts):
        return ()
    return (SlipLine(LineRole.BLANK), SlipLine(LineRole.TEXT, words["b_reissue"].format(number=facts.copy_number)))


def _field(label: str, text: str) -> SlipLine:
    return SlipLine(LineRole.FIELD, text, label)


def _choice(words: Words, answer: Answer) -> str:
    if answer.question is Question.DELETION:
        return words["delete_now" if answer.accepted else "keep_ten_years"]
    return words["allowed" if answer.accepted else "opposed"]


def _contact_kinds(contact: Contact, words: Words) -> str:
    given = {"contact_email": contact.email, "contact_mobile": contact.mobile}
    return ", ".join(words[kind] for kind, value in given.items() if value) or words["contact_none"]


def _masked_for_paper(nir: Nir) -> str:
    return nir.masked().replace("•", "*")  # the printers' code page holds no bullet that all of them draw


def _notice(shown: TextShown | None, words: Words) -> tuple[SlipLine, ...]:
    return (
        ()
        if shown is None
        else (SlipLine(LineRole.SMALL, words["notice"].format(text=f"{shown.text_id} {shown.version}")),)
    )


def _help(place: TerminalPlace, words: Words) -> tuple[SlipLine, ...]:
    return () if place.help_line is None else (_field(words["help_line"], place.help_line),)
