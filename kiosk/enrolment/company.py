"""Who stands beside the holder: representative, quality, other parent, the teenager's own contact. Pure.

Sources: domain/dmp.md §10, §16 (c) M1-M9. Each function takes a journey and gives the next one, or StepError.
"""

from __future__ import annotations

import dataclasses
import functools
from datetime import datetime
from importlib import resources

import msgspec

from kiosk.enrolment.contact import read_contact
from kiosk.enrolment.course import MINORS, Party
from kiosk.enrolment.errors import ContactError, StepError
from kiosk.enrolment.journey import UNSAID, Company, Journey
from kiosk.enrolment.rules import MAJORITY, adults, age_of, local_day, read_birth_date
from kiosk.enrolment.steps import Step
from wire.decoders import json_decoder
from wire.evidence import Answer, Contact, Measure, NamedPerson, Question, Representation

SOMEBODY_ELSE = -1
_LONGEST_NAME = 80  # characters; the longest family name on a card has fewer
_MEASURE_OF = {
    Party.CHILD: Measure.PARENTAL,
    Party.TEEN: Measure.PARENTAL,
    Party.REPRESENTED: Measure.REPRESENTATION,
    Party.ASSISTED: Measure.ASSISTANCE,
}
_PARTY_OF = {Measure.REPRESENTATION: Party.REPRESENTED, Measure.ASSISTANCE: Party.ASSISTED}


class Quality(msgspec.Struct, frozen=True):
    """In what quality somebody acts: ``code`` as it travels, the parties it is offered for, where the code is from."""

    code: str
    parties: frozenset[Party]
    source: str


class _Qualities(msgspec.Struct, frozen=True):
    label: str
    qualities: tuple[Quality, ...]


@functools.cache
def _known() -> tuple[Quality, ...]:
    file = resources.files("kiosk.enrolment").joinpath("qualities.json")
    return json_decoder(_Qualities).decode(file.read_bytes()).qualities


def qualities(party: Party) -> tuple[str, ...]:
    """The codes offered for this party, in their order on the screen."""
    return tuple(one.code for one in _known() if party in one.parties)


def say_measure(journey: Journey, measure: Measure, at: datetime) -> Journey:
    """Whether a protected adult is represented or assisted; another word starts the company over."""
    journey.expect(Step.PROTECTION)
    party = _PARTY_OF.get(measure)
    if party is None:
        raise StepError("no measure for an adult")
    if party is journey.party:
        return journey.on(at)
    return journey.on(at, party=party, company=Company(), answers=(), **UNSAID)


def choose_representative(journey: Journey, position: int, at: datetime) -> Journey:
    """An adult of the card, or somebody who is not on it and is named by hand."""
    journey.expect(Step.REPRESENTATIVE)
    if journey.card is None or journey.person is None:
        raise StepError("no card was read")
    if position == SOMEBODY_ELSE:
        company = Company(is_elsewhere=True)
    else:
        others = adults(journey.card, local_day(at))
        found = next((one for one in others if one.position == position and one != journey.person), None)
        if found is None:
            return journey.complaining("not_eligible")
        named = NamedPerson(
            family_name=found.family_name,
            given_name=found.given_name,
            birth_date=found.birth_date,
            position=found.position,
            country=found.country,
        )
        company = Company(representative=named)
    return journey.on(at, company=company, answers=_without(journey, Question.DECLARATION), **UNSAID)


def name_representative(journey: Journey, family: str, given: str, birth_date: str, at: datetime) -> Journey:
    """Somebody who is not on the card, as their identity document says; the operator compares it later."""
    journey.expect(Step.REPRESENTATIVE_NAME)
    typed = {"family_name": family[:_LONGEST_NAME], "given_name": given[:_LONGEST_NAME], "birth_date": birth_date[:10]}
    family, given = _name(family), _name(given)
    if not family or not given:
        return journey.complaining("name_empty", typed=typed)
    born = read_birth_date(birth_date)
    if born is None:
        return journey.complaining("birth_date_form", typed=typed)
    if (age_of(born, local_day(at)) or 0) < MAJORITY:
        return journey.complaining("representative_minor", typed=typed)
    named = NamedPerson(family_name=family, given_name=given, birth_date=born)
    return journey.on(at, company=Company(is_elsewhere=True, representative=named), **UNSAID)


def say_quality(journey: Journey, code: str, at: datetime) -> Journey:
    """Mother, father, guardian…: the declaration that follows is made in that quality."""
    journey.expect(Step.QUALITY)
    if code not in qualities(journey.party):
        return journey.complaining("quality_missing")
    company = dataclasses.replace(journey.company, quality=code)
    return journey.on(at, company=company, answers=_without(journey, Question.DECLARATION), **UNSAID)


def give_own_contact(journey: Journey, email: str, mobile: str, at: datetime) -> Journey:
    """The teenager's own e-mail or mobile, beside the representative's; both empty means none."""
    journey.expect(Step.OWN_CONTACT)
    try:
        contact = read_contact(email, mobile) if email.strip() or mobile.strip() else Contact()
    except ContactError as error:
        return journey.complaining(error.code, typed={"email": email[:254], "mobile": mobile[:24]})
    return journey.on(at, company=dataclasses.replace(journey.company, own_contact=contact), **UNSAID)


def name_other_parent(journey: Journey, family: str, given: str, at: datetime) -> Journey:
    """M9: the other parent, optional; both fields empty means not named."""
    journey.expect(Step.OTHER_PARENT)
    family_name, given_name = _name(family), _name(given)
    if bool(family_name) != bool(given_name):
        typed = {"family_name": family[:_LONGEST_NAME], "given_name": given[:_LONGEST_NAME]}
        return journey.complaining("name_empty", typed=typed)
    other = NamedPerson(family_name=family_name, given_name=given_name) if family_name else None
    company = dataclasses.replace(journey.company, other_parent=other, is_other_parent_asked=True)
    return journey.on(at, company=company, **UNSAID)


def representation(journey: Journey) -> Representation | None:
    """What the record says of the company; None for who acts alone.

    Raises:
        StepError: somebody or something of it was not said.
    """
    if journey.party is Party.SELF:
        return None
    company, measure = journey.company, _MEASURE_OF.get(journey.party)
    if measure is None or company.representative is None or company.quality is None:
        raise StepError("who accompanies was not said")
    own = company.own_contact
    return Representation(
        measure=measure,
        quality=company.quality,
        representative=company.representative,
        other_parent=company.other_parent if journey.party in MINORS else None,
        own_contact=None if own is None or own == Contact() else own,
    )


def _name(text: str) -> str:
    return " ".join(text.split())[:_LONGEST_NAME]


def _without(journey: Journey, question: Question) -> tuple[Answer, ...]:
    return tuple(answer for answer in journey.answers if answer.question is not question)
