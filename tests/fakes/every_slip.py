"""One slip of every kind that the terminal prints, of fictitious people, with the longest words it can meet."""

from __future__ import annotations

from datetime import UTC, datetime

from kiosk.enrolment.languages import load_languages
from kiosk.enrolment.slip import Slip
from kiosk.enrolment.slips import (
    SlipFactsShown,
    acknowledgement,
    activation,
    activation_anew,
    leaflet,
    next_copy,
    refusal_slip,
)
from kiosk.enrolment.trial_slip import trial_slip
from tests.fakes.place import hall
from tests.fakes.programme import Programme
from tests.fakes.terminal import FACTS_OF, fictitious_nir, pending_facts, representation, returning_facts
from wire.codes import ActivationCode, Locator
from wire.evidence import Contact
from wire.identifiers import RecordId, office_id, terminal_id

AT = datetime(2026, 7, 3, 22, 15, tzinfo=UTC)
LOCATOR = Locator.new(bytes(range(5)))
CODE = ActivationCode(bytes(range(10)))
ADDRESS = "https://mon-espace-sante.essai.exemple.fr/activation"  # longer than narrow paper is wide


def every_slip() -> dict[str, Slip]:
    """Name → slip, in each language that prints; of a place with long names."""
    place = hall(
        Programme(),
        terminal=terminal_id("COMPTOIR-PHARMACIE-75-01"),
        office=office_id("PHARMACIE-DES-DEUX-CHATEAUX"),
        office_name="Pharmacie des Deux-Châteaux-Saint-Barthélemy-d’Anjou",  # noqa: RUF001 - French
        activation_url=ADDRESS,
        help_line="0 806 00 36 46",
    )
    contact = Contact(email="lea.specimen@exemple.fr", mobile="+33612345678")
    told = {"contact": contact, "representation": representation()}
    made: dict[str, Slip] = {}
    for code, texts in load_languages().items():
        if not texts.language.prints:
            continue
        words = texts.slips
        for kind in FACTS_OF:
            if kind == "pending_ins":
                facts = pending_facts()
            else:
                known = {*FACTS_OF[kind].__struct_fields__}
                changes = {name: value for name, value in told.items() if name in known}
                facts = returning_facts(kind, fictitious_nir(7), **changes)
            shown = SlipFactsShown(RecordId.new(AT, bytes(range(10))), AT, place, facts)
            made[f"A-{kind}-{code}"] = acknowledgement(shown, words)
            if kind in {"enrolment", "reactivation", "code_reissue"}:
                made[f"B-{kind}-{code}"] = activation(shown, LOCATOR, CODE, words)
                made[f"B-{kind}-anew-{code}"] = activation_anew(shown, LOCATOR, CODE, 3, words)
        made[f"A-copy-{code}"] = next_copy(made[f"A-enrolment-{code}"], words)
        made[f"leaflet-{code}"] = leaflet(texts.evidence["leaflet_minor"])
        made[f"refusal-{code}"] = refusal_slip(place, words)
        made[f"trial-{code}"] = trial_slip("COMPTOIR-PHARMACIE-75-01", AT, words)
    return made
