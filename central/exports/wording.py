"""What the page of exports says, in French."""

from __future__ import annotations

from central.tables.periods import Step

STEPS = {Step.DAY: "Jour", Step.WEEK: "Semaine", Step.MONTH: "Mois"}
AUDIENCES = (("inside", "Usage interne"), ("outside", "Diffusion externe (petits nombres masqués)"))
FAULTS = {
    "question": "Cette demande n’a pas de réponse.",  # noqa: RUF001 - French
    "parameter": "Cette adresse contient un choix que nous ne connaissons pas.",
    "period_unknown": "Cette date n’existe pas dans le calendrier.",  # noqa: RUF001 - French
    "series_empty": "La période finit avant de commencer.",
    "series_long": "La période est trop longue pour ce pas : 400 lignes au plus.",
    "member_unknown": "Ce lieu n’est pas connu.",  # noqa: RUF001 - French
    "not_counted": "Les sous-canaux ne sont comptés que pour la France entière.",
    "not_for_outsiders": "La diffusion externe se fait par mois révolus, pour la France entière, "
    "par canal, région ou département.",
}
