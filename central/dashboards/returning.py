"""Who came back, as lines of the page: what was changed for dossiers that exist, or kept for later. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from central.counters.models import Measure
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
    """A kind of return with its three counts; ``key`` names it for tests."""

    key: str
    label: str
    detail: str
    day: str
    month: str
    total: str
    muted: bool


def return_lines(total: Callable[[Measure, str], int], periods: Sequence[str]) -> tuple[ReturnLine, ...]:
    """The lines; ``total`` gives a measure of a period, ``periods`` are today, this month, all time."""
    lines = []
    for measure, label, detail in _LINES:
        today, month, whole = (total(measure, period) for period in periods)
        lines.append(
            ReturnLine(measure.value, label, detail, number(today), number(month), number(whole), muted=whole == 0)
        )
    return tuple(lines)
