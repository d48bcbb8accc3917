"""Who came back, as lines of the page: what was changed for dossiers that exist, or kept for later. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from central.counters.models import Measure
from central.dashboards.periods import Counted
from central.dashboards.wording import number

_LINES = (
    (Measure.REACTIVATIONS, "Réactivations", "dossiers fermés, rouverts"),
    (Measure.CODE_REISSUES, "Nouveaux codes", "l’ancien ne vaut plus"),  # noqa: RUF001 - French
    (Measure.CONSENT_CHANGES, "Accès d’urgence modifiés", "bris de glace, centre 15"),  # noqa: RUF001 - French
    (Measure.CONTACT_CHANGES, "Coordonnées modifiées", "e-mail, mobile"),
    (Measure.CLOSURES, "Fermetures", "à la demande de la personne"),
    (Measure.OPPOSITIONS, "Oppositions", "à l’ouverture automatique"),  # noqa: RUF001 - French
    (Measure.PENDING_INS, "Enfants sans numéro", "demandes gardées, rien n’est ouvert"),  # noqa: RUF001 - French
)


@dataclass(frozen=True, slots=True)
class ReturnLine:
    """A kind of return with its counts, the shortest period first; ``key`` names it for tests."""

    key: str
    label: str
    detail: str
    cells: tuple[str, ...]
    muted: bool


def return_lines(whole: Mapping[Measure, Counted]) -> tuple[ReturnLine, ...]:
    """The lines, from all that was counted."""
    return tuple(
        ReturnLine(
            measure.value,
            label,
            detail,
            tuple(number(value) for value in whole[measure].four),
            muted=whole[measure].total == 0,
        )
        for measure, label, detail in _LINES
    )
