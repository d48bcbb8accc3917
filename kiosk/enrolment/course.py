"""What a visit asks, in what order: by where the terminal stands, for whom it is, and what they came for. Pure data.

Sources: domain/dmp.md §16 (a) to (c); design.md §6 (open questions), §5 (kinds of records).
"""

from __future__ import annotations

import enum
import functools

from kiosk.enrolment.steps import JourneyKind, Path, Step
from wire.configuration import Regime
from wire.records import RecordKind
from wire.status import PersonStatus


class Aim(enum.Enum):
    """What the person came for; the value is the kind of the record it makes."""

    OPENING = RecordKind.ENROLMENT.value
    REACTIVATION = RecordKind.REACTIVATION.value
    NEW_CODE = RecordKind.CODE_REISSUE.value
    CONSENT_CHANGE = RecordKind.CONSENT_CHANGE.value
    CONTACT_CHANGE = RecordKind.CONTACT_CHANGE.value
    CLOSURE = RecordKind.CLOSURE_REQUEST.value
    OPPOSITION = RecordKind.OPPOSITION.value


class Party(enum.Enum):
    """Whose dossier it is, as far as the questions differ."""

    SELF = "self"
    CHILD = "child"  # under 16: the representative answers, the child is informed and heard
    TEEN = "teen"  # from 16: confirms with the representative
    PROTECTED = "protected"  # an accompanied adult, before the measure was said
    REPRESENTED = "represented"  # the person in charge answers, the adult is heard
    ASSISTED = "assisted"  # the adult answers, the assistant is present


MINORS = frozenset({Party.CHILD, Party.TEEN})
ACCOMPANIED = frozenset(Party) - {Party.SELF}

_COMPANY = (Step.REPRESENTATIVE, Step.REPRESENTATIVE_NAME, Step.QUALITY, Step.DECLARATION)
_INFORMED = (Step.NOTICE, Step.MINOR_NOTICE, Step.HEARD)
_EMERGENCY = (Step.BREAK_GLASS, Step.CENTRE_15)
_REACHED = (Step.CONTACT, Step.PROOF, Step.ALERTS)
_QUESTIONS: dict[Aim, Path] = {
    Aim.OPENING: (
        *_INFORMED,
        Step.CONSENT,
        *_EMERGENCY,
        Step.OWN_WILL,
        Step.CONSULTATION,
        Step.FEEDING,
        *_REACHED,
        Step.OWN_CONTACT,
        Step.OTHER_PARENT,
        Step.SLIP_OFFER,
    ),
    Aim.REACTIVATION: (*_INFORMED, Step.REACTIVATE, *_EMERGENCY, Step.OWN_WILL, *_REACHED, Step.SLIP_OFFER),
    Aim.NEW_CODE: (),
    Aim.CONSENT_CHANGE: (*_EMERGENCY, Step.OWN_WILL),
    Aim.CONTACT_CHANGE: _REACHED,
    Aim.CLOSURE: (Step.CLOSE, Step.DELETE, Step.OWN_WILL),
    Aim.OPPOSITION: (Step.OPPOSE,),
}
_ONLY_FOR: dict[Step, frozenset[Party]] = {
    Step.PROTECTION: ACCOMPANIED - MINORS,
    **dict.fromkeys(_COMPANY, ACCOMPANIED),
    Step.MINOR_NOTICE: MINORS,
    Step.HEARD: MINORS | {Party.REPRESENTED},
    Step.OWN_WILL: frozenset({Party.TEEN}),
    Step.OWN_CONTACT: frozenset({Party.TEEN}),
    Step.OTHER_PARENT: MINORS,
}
_ONLY_AT: dict[Step, JourneyKind] = {
    Step.ALERTS: JourneyKind.HALL,
    Step.SUMMARY: JourneyKind.HALL,
    Step.CONSULTATION: JourneyKind.COUNTER,
    Step.FEEDING: JourneyKind.COUNTER,
}


@functools.cache
def path(kind: JourneyKind, party: Party, aim: Aim | None) -> Path:
    """Every step that may be asked on this course; without an aim it ends where one is chosen."""
    begun: Path = (Step.WHO, Step.PROTECTION, *_COMPANY, Step.STATUS, Step.AIM)
    whole = begun if aim is None else (*begun, *_QUESTIONS[aim], Step.SUMMARY, Step.IDENTITY, Step.CONFIRM)
    return tuple(step for step in whole if party in _ONLY_FOR.get(step, {party}) and kind is _ONLY_AT.get(step, kind))


_OF_STATUS: dict[PersonStatus, tuple[Aim, ...]] = {
    PersonStatus.NONE: (Aim.OPENING,),
    PersonStatus.CLOSED: (Aim.REACTIVATION,),
    PersonStatus.ACTIVE: (Aim.NEW_CODE, Aim.CONSENT_CHANGE, Aim.CONTACT_CHANGE, Aim.CLOSURE),
    # Central cannot be asked: all that may be true is offered, and central says what it changed.
    PersonStatus.UNKNOWN: (Aim.OPENING, Aim.NEW_CODE, Aim.CONSENT_CHANGE, Aim.CONTACT_CHANGE, Aim.CLOSURE),
}
_WHERE_NO_DOSSIER = frozenset({PersonStatus.NONE, PersonStatus.UNKNOWN})


def aims_offered(status: PersonStatus, regime: Regime, *, has_number: bool) -> tuple[Aim, ...]:
    """What may be asked for; without an own number nothing but an opening, which then waits for the number."""
    if not has_number:
        return (Aim.OPENING,)
    opposition = (Aim.OPPOSITION,) if regime is Regime.OPT_OUT and status in _WHERE_NO_DOSSIER else ()
    return (*_OF_STATUS[status], *opposition)


def obvious_aim(status: PersonStatus, regime: Regime, *, has_number: bool) -> Aim | None:
    """The aim nobody need be asked about: there is only one, or central could not be asked (most have no dossier)."""
    offered = aims_offered(status, regime, has_number=has_number)
    if Aim.REACTIVATION in offered:
        return None  # who has a closed dossier is told so before anything else
    return offered[0] if len(offered) == 1 or status is PersonStatus.UNKNOWN else None
