"""Whose dossier and what for: person, central's word, aim. Pure; each function takes a journey and gives the next.

Sources: domain/dmp.md §16 K3, K4, P2, P3, M2; §4 (a child without an own number waits, nothing is opened).
"""

from __future__ import annotations

import dataclasses
from datetime import datetime

from kiosk.enrolment.course import MINORS, Aim, Party, obvious_aim
from kiosk.enrolment.desks import StatusWord
from kiosk.enrolment.errors import StepError
from kiosk.enrolment.journey import Journey
from kiosk.enrolment.rules import Eligibility, admission, local_day
from kiosk.enrolment.steps import JourneyKind, Step
from wire.status import PersonStatus


def choose_person(journey: Journey, position: int, at: datetime, *, is_accompanied: bool = False) -> Journey:
    """The person whose dossier it is; a change of person starts over."""
    journey.expect(Step.WHO)
    if journey.card is None:
        raise StepError("no card was read")
    person = next((one for one in journey.card.persons if one.position == position), None)
    if person is None:
        return journey.complaining("not_eligible")
    admitted = admission(person, journey.card, local_day(at), is_accompanied=is_accompanied)
    if isinstance(admitted, Eligibility):
        return journey.complaining("not_eligible")
    if person == journey.person and _same_way(journey, is_accompanied=is_accompanied):
        return journey.on(at)
    # Without a number central cannot be asked: nobody can know.
    known = {} if admitted.has_number else {"status": PersonStatus.UNKNOWN, "aim": Aim.OPENING}
    fresh = dataclasses.replace(journey.forgotten(), card=journey.card, place=journey.place)
    return fresh.on(at, person=person, party=admitted.party, has_number=admitted.has_number, **known)


def only_person(journey: Journey, at: datetime) -> int | None:
    """The position of the one person of a card at a counter: nobody need be asked who it is for."""
    if journey.kind is not JourneyKind.COUNTER or journey.card is None or len(journey.card.persons) != 1:
        return None
    person = journey.card.persons[0]
    admitted = admission(person, journey.card, local_day(at), is_accompanied=False)
    return None if isinstance(admitted, Eligibility) else person.position


def told_status(journey: Journey, word: StatusWord, at: datetime) -> Journey:
    """Central's word: goes on with what is obvious, else asks what the person came for."""
    journey.expect(Step.STATUS)
    aim = obvious_aim(word.status, journey.regime, has_number=journey.has_number)
    return journey.on(at, status=word.status, copies=word.copies, aim=aim)


def choose_aim(journey: Journey, aim: Aim, at: datetime) -> Journey:
    """What the person came for; another aim than before starts its questions over."""
    journey.expect(Step.AIM)
    if aim not in journey.aims:
        raise StepError("this cannot be asked for here")
    if aim is journey.aim:
        return journey.on(at)
    kept = {"declaration"}
    answers = tuple(answer for answer in journey.answers if answer.question.value in kept)
    fresh = dataclasses.replace(
        journey.forgotten(),
        card=journey.card,
        place=journey.place,
        person=journey.person,
        party=journey.party,
        has_number=journey.has_number,
        company=dataclasses.replace(journey.company, own_contact=None, other_parent=None, is_other_parent_asked=False),
        status=journey.status,
        copies=journey.copies,
        answers=answers,
    )
    return fresh.on(at, aim=aim)


def reconsider(journey: Journey, at: datetime) -> Journey:
    """Back to what the person came for, from any asked screen: "I already have a dossier"."""
    if len(journey.aims) < 2:  # noqa: PLR2004 - a choice
        raise StepError("there is nothing else to ask for")
    return journey.to(Step.AIM, at)


def _same_way(journey: Journey, *, is_accompanied: bool) -> bool:
    return journey.party in MINORS or (journey.party is not Party.SELF) == is_accompanied
