"""Measures, breakdowns and members as tables name them in French; the channels' words are the dashboards'."""

from __future__ import annotations

from central.counters.models import Measure
from central.dashboards.wording import CHANNEL_NAMES, SUB_CHANNEL_NAMES
from central.tables.shape import By

MEASURE_NAMES = {
    Measure.DOSSIERS_OPENED: "Dossiers ouverts",
    Measure.SECOND_ENROLMENTS: "Secondes inscriptions",
    Measure.REFUSALS: "Refus de consentement",
    Measure.REACTIVATIONS: "Réactivations",
    Measure.CODE_REISSUES: "Nouveaux codes",
    Measure.CONSENT_CHANGES: "Accès d’urgence modifiés",  # noqa: RUF001 - French
    Measure.CONTACT_CHANGES: "Coordonnées modifiées",
    Measure.CLOSURES: "Fermetures",
    Measure.OPPOSITIONS: "Oppositions",
    Measure.PENDING_INS: "Enfants sans numéro",
    Measure.QUARANTINED: "Enregistrements en quarantaine",
    Measure.ACCOUNTS_ACTIVATED: "Comptes activés",
    Measure.CENTS_ACCRUED: "Dû aux pharmacies",
    Measure.CENTS_HELD: "En attente de contrôle",
}
BY_NAMES = {
    By.TOTAL: "Total",
    By.CHANNEL: "Canal",
    By.SUB_CHANNEL: "Sous-canal",
    By.REGION: "Région",
    By.DEPARTEMENT: "Département",
    By.OFFICE: "Lieu",
    By.TERMINAL: "Borne",
}
REST, TOTAL = "Non attribué", "Total"
_SUB_CHANNELS = {word: name for names in SUB_CHANNEL_NAMES.values() for word, name in names.items()}
_CHANNELS = {channel.value: names[0] for channel, names in CHANNEL_NAMES.items()}


def channel_name(word: str) -> str:
    """A channel of indicator 2.8.4; a word we do not know stands for itself."""
    return _CHANNELS.get(word, word)


def sub_channel_name(word: str) -> str:
    """A sub-channel; a word we do not know stands for itself."""
    return _SUB_CHANNELS.get(word, word)
