"""French words of a statement."""

from __future__ import annotations

from central.ledger.standing import Word
from central.statements.standing import StatementState

_ENTRIES = {
    Word.OPENING: "Ouverture",
    Word.HELD: "Mise en attente",
    Word.RELEASED: "Fin d’attente",  # noqa: RUF001 - French
    Word.REVERSED: "Reprise",
    Word.REINSTATED: "Rétablissement",
    Word.CORRECTED: "Correction",
}
_REASONS = {
    "operator_unknown": "opérateur inconnu de l’officine",  # noqa: RUF001
    "vault_refused": "dossier refusé par l’hébergeur",  # noqa: RUF001
    "annulled": "ouverture annulée",
}
_STATES = {
    None: "en cours",
    StatementState.STATED: "arrêté",
    StatementState.PAID: "mis en paiement",
    StatementState.CONTESTED: "contesté",
}
_MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)


def entry_word(entry: str) -> str:
    """What an entry is called."""
    return _ENTRIES[Word(entry)]


def reason_word(reason: str | None) -> str:
    """Why; a case by its number, so that an office can ask about it."""
    if reason is None:
        return ""
    for prefix, words in (
        ("case-", "contrôle n° "),
        ("hand-", "contrôle : "),
        ("to ", "nouveau montant, en centimes : "),
    ):
        if reason.startswith(prefix):
            return words + reason.removeprefix(prefix)
    return _REASONS.get(reason, reason)


def state_word(state: StatementState | None) -> str:
    """Where a month stands."""
    return _STATES[state]


def french_day(day: str) -> str:
    """``06/11/2018`` of 2018-11-06."""
    year, month, number = day.split("-")
    return f"{number}/{month}/{year}"


def period_words(period: str) -> str:
    """``novembre 2018``, or ``année 2018``."""
    year, _, month = period.partition("-")
    return f"{_MONTHS[int(month) - 1]} {year}" if month else f"année {year}"
