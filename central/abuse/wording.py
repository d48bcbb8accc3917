"""Words of the scores: what was counted in English for who types commands, and all of it in French for the pages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScoreWords:
    """``english`` and ``french`` take the figures in the score's own order; ``advice`` is for who looks."""

    english: str
    name: str
    french: str
    advice: str


# ruff: noqa: RUF001 - French
WORDS = {
    "bursts": ScoreWords(
        "{} in ten minutes",
        "Rafale d’ouvertures",
        "{} ouvertures en dix minutes sur une borne",
        "Demander au point comment ces personnes sont venues : une réunion, ou une liste de cartes ?",
    ),
    "at_night": ScoreWords(
        "{} in the night of {}",
        "Ouvertures de nuit",
        "{} ouvertures dans la nuit du {}",
        "Vérifier si le point était de garde cette nuit-là.",
    ),
    "shared_contacts": ScoreWords(
        "{} dossiers, {} of them here",
        "Un contact pour beaucoup de dossiers",
        "{} dossiers avec un même contact, dont {} ici",
        "Un établissement donne souvent un seul téléphone pour tous : demander lequel.",
    ),
    "unknown_operators": ScoreWords(
        "{} attested by a name the office never gave",
        "Opérateur inconnu",
        "{} ouvertures attestées par un nom que le point n’a jamais donné",
        "Demander au point qui c’est : souvent un remplaçant que personne n’a annoncé.",
    ),
    "unread": ScoreWords(
        "{} of {} in under {} s",
        "Questions trop vite passées",
        "{} parcours sur {} en moins de {} secondes de la notice à la dernière réponse",
        "Rappeler que chaque question est posée à la personne ; demander comment elles le sont ici.",
    ),
    "duplicates": ScoreWords(
        "{} of {} enrolled again at another office",
        "Personnes inscrites de nouveau ailleurs",
        "{} ouvertures sur {} dont la personne s’est inscrite de nouveau ailleurs",
        "Qui a été inscrit sans le savoir revient comme pour la première fois : demander au point.",
    ),
    "never_activated": ScoreWords(
        "{} of {} activated where {}% are",
        "Codes jamais utilisés",
        "{} comptes activés sur {}, là où {} % le sont ailleurs",
        "Un taux ne prouve rien seul : demander si les tickets sont remis en main propre.",
    ),
}


def in_english(score: str, figures: str) -> str:
    """What was counted; the figures alone where the score is of another release."""
    return _filled(WORDS[score].english, figures) if score in WORDS else figures


def in_french(score: str, figures: str) -> str:
    """The same in French."""
    return _filled(WORDS[score].french, figures) if score in WORDS else figures


def name_of(score: str) -> str:
    """What the pages call a score."""
    return WORDS[score].name if score in WORDS else score


def _filled(sentence: str, figures: str) -> str:
    counted = figures.split(" ")
    return sentence.format(*counted) if sentence.count("{}") == len(counted) else figures
