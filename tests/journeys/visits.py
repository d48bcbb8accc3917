"""Every kind of visit that the issue names, as data: who comes, what central says of them, what they wish, what stays.

Each is walked in a real browser in every language over one terminal (``test_every_visit.py``), and most of them once
through central and the vault (``test_*_town.py``).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kiosk.enrolment.holder import CardContents
from kiosk.enrolment.steps import JourneyKind
from tests.fakes.card_slot import card, person
from tests.fakes.enrolment_rig import EnrolmentRig
from tests.fakes.operators import AGENT_PIN, PHARMACIST_PIN, PREPARER_PIN
from tests.town.wishes import Wishes
from wire.configuration import Regime
from wire.records import RecordKind
from wire.status import PersonStatus

PARENT = person("CAMILLE", "19850214")
ALONE = card(PARENT)
WITH_CHILD = card(person("LÉO", "20150830", position=1), PARENT)
WITH_TEEN = card(person("INÈS", "20090502", position=1), PARENT)
# Since 2018 an own number for each; an older family card pairs the child with the parent's.
UNDER_PARENTS_NUMBER = card(
    PARENT, person("LÉO", "20150830", position=1, number=PARENT.nir.compact if PARENT.nir else "")
)


@dataclass(frozen=True, slots=True)
class Visit:
    """One kind of visit. ``leaves`` is the kind of the record that stays, None for none; ``slips`` what is printed."""

    wishes: Wishes
    card: CardContents = ALONE
    kind: JourneyKind = JourneyKind.HALL
    pin: str = AGENT_PIN
    central: PersonStatus = PersonStatus.NONE
    regime: Regime = Regime.OPT_IN
    last: str = "thanks"
    leaves: RecordKind | None = RecordKind.ENROLMENT
    slips: str = "AB"
    questions: Mapping[str, bool] = field(default_factory=dict)

    def rig(self, rig: EnrolmentRig) -> EnrolmentRig:
        """That terminal as this visit finds it."""
        rig.desk.word = self.central
        if rig.whereabouts.place is not None:
            rig.whereabouts.place = dataclasses.replace(rig.whereabouts.place, regime=self.regime)
        rig.session.tick()
        return rig


_COUNTER: dict[str, Any] = {"kind": JourneyKind.COUNTER, "pin": PHARMACIST_PIN, "last": "done"}
_BOTH = {"break_glass": True, "centre_15": True}
_WITH_EMAIL = Wishes(email="camille@exemple.fr", proves=True)

VISITS: dict[str, Visit] = {
    "alone, e-mail proved": Visit(_WITH_EMAIL, questions={"creation": True, **_BOTH}),
    "alone, mobile proved": Visit(Wishes(mobile="06 12 34 56 78", proves=True)),
    "alone, unproved offline": Visit(Wishes(email="camille@exemple.fr"), central=PersonStatus.UNKNOWN),
    "alone, no contact": Visit(Wishes(slip=False), slips="A"),
    "accesses opposed": Visit(
        Wishes(email="camille@exemple.fr", break_glass=False, centre_15=False),
        questions={"creation": True, "break_glass": False, "centre_15": False},
    ),
    "refusal": Visit(Wishes(creation=False), last="refused", leaves=RecordKind.REFUSAL, slips=""),
    "counter": Visit(
        Wishes(email="camille@exemple.fr"),
        questions={"creation": True, **_BOTH, "consultation": False, "feeding": True},
        **_COUNTER,
    ),
    "counter, preparer": Visit(
        Wishes(email="camille@exemple.fr", confirming_pin=PHARMACIST_PIN), **{**_COUNTER, "pin": PREPARER_PIN}
    ),
    "child with a parent": Visit(
        Wishes(who=1, representative=0, quality="MTH", email="camille@exemple.fr"),
        card=WITH_CHILD,
        slips="ABL",
        questions={"declaration": True, "heard": True, "creation": True, **_BOTH},
    ),
    "teenager of 16": Visit(
        Wishes(who=1, representative=0, quality="FTH", email="camille@exemple.fr"),
        card=WITH_TEEN,
        slips="ABL",
        questions={"declaration": True, "heard": True, "creation": True, **_BOTH, "own_will": True},
    ),
    "teenager who does not want": Visit(
        Wishes(who=1, representative=0, quality="FTH", email="camille@exemple.fr", answers={"own_will": False}),
        card=WITH_TEEN,
        last="unchanged",
        leaves=None,
        slips="",
    ),
    "protected adult": Visit(
        Wishes(accompanied=True, representative=-1, quality="TUTEUR", email="tuteur@exemple.fr"),
        questions={"declaration": True, "heard": True, "creation": True, **_BOTH},
    ),
    "child without a number": Visit(
        Wishes(who=1, representative=0, quality="MTH"),
        card=UNDER_PARENTS_NUMBER,
        leaves=RecordKind.PENDING_INS,
        slips="AL",
    ),
    "new code": Visit(
        Wishes(aim="code_reissue"), central=PersonStatus.ACTIVE, leaves=RecordKind.CODE_REISSUE, slips="AB"
    ),
    "reactivation": Visit(
        Wishes(aim="reactivation", email="camille@exemple.fr"),
        central=PersonStatus.CLOSED,
        leaves=RecordKind.REACTIVATION,
        questions={"reactivation": True, **_BOTH},
    ),
    "consent change": Visit(
        Wishes(aim="consent_change", break_glass=False),
        central=PersonStatus.ACTIVE,
        leaves=RecordKind.CONSENT_CHANGE,
        slips="A",
        questions={"break_glass": False, "centre_15": True},
    ),
    "contact change": Visit(
        Wishes(aim="contact_change", mobile="06 12 34 56 79", proves=True),
        central=PersonStatus.ACTIVE,
        leaves=RecordKind.CONTACT_CHANGE,
        slips="A",
    ),
    "closure": Visit(
        Wishes(aim="closure_request"),
        central=PersonStatus.ACTIVE,
        leaves=RecordKind.CLOSURE_REQUEST,
        slips="A",
        questions={"closure": True, "deletion": False},
    ),
    "opposition": Visit(
        Wishes(aim="opposition"),
        regime=Regime.OPT_OUT,
        leaves=RecordKind.OPPOSITION,
        slips="A",
        questions={"opposition": True},
    ),
}
