"""How the page of a record says the words that are stored; one we do not know stands as it is."""

from __future__ import annotations

from collections.abc import Mapping

from central.ledger.explain import Why

_KINDS = {
    "enrolment": "inscription",
    "refusal": "refus",
    "slip_outcome": "sort d’un bordereau",  # noqa: RUF001 - French
    "reactivation": "réactivation",
    "consent_change": "changement d’avis",  # noqa: RUF001
    "code_reissue": "nouveau code",
    "opposition": "opposition",
    "closure_request": "demande de fermeture",
    "contact_change": "changement de contact",
    "pending_ins": "enfant sans numéro",
}
_STATES = {
    "draft": "ébauche",
    "consented": "consenti",
    "created": "ouvert",
    "closed": "fermé",
    "destroyed": "détruit",
    "rejected": "rejeté",
    "suspended": "suspendu",
    "annulled": "annulé",
    "none": "aucun",
    "to_activate": "à activer",
    "active": "actif",
    "locked": "bloqué",
    "disabled": "désactivé",
}
_ENTRIES = {
    "opening": "ouverture",
    "accrued": "acquise",
    "held": "en attente de contrôle",
    "stated": "au relevé",
    "paid": "payée",
    "contested": "contestée",
    "reversed": "reprise",
}
_WHYS = {
    Why.PAYS: "La première ouverture de cette personne, par un canal qui est payé.",
    Why.HELD: "La première ouverture de cette personne ; la prime attend un contrôle.",
    Why.REVERSED: "La première ouverture de cette personne ; la prime a été reprise.",
    Why.KIND: "Un enregistrement de cette nature n’ouvre rien.",  # noqa: RUF001 - French
    Why.SET_ASIDE: "Mis de côté pour que quelqu’un regarde : il n’a eu aucun effet.",  # noqa: RUF001
    Why.SECOND: "Cette personne avait un dossier : une seconde inscription ne paie rien.",
    Why.WAITS: "Attend le numéro d’un enfant : rien n’est encore ouvert.",  # noqa: RUF001
    Why.CHANNEL: "Les ouvertures par ce canal ne sont pas payées ce jour-là.",
}


def why_said(why: Why) -> str:
    """Why a record paid or not."""
    return _WHYS[why]


def said(word: str | None, otherwise: str = "") -> str:
    """A stored word in French; ``otherwise`` where there is none."""
    if not word:
        return otherwise
    return next((words[word] for words in _TABLES if word in words), word)


_TABLES: tuple[Mapping[str, str], ...] = (_KINDS, _STATES, _ENTRIES)
