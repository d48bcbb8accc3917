"""Why a terminal is on the list, and what to do about it: one table. Pure data.

The codes of faults are those the terminal itself shows (docs/faults.md): L reader, C card, D disk, P paper, N network
and central, H clock, T terminal. What is said here is for who telephones, not for who stands before the machine.
"""

from __future__ import annotations

import enum


class Reason(enum.Enum):
    """Why, the most pressing first; the value is the word in an address."""

    STOPPED = "arret"  # it says itself that nobody can enrol
    SILENT = "muette"  # registered, and not heard of for days
    FAULTY = "defaut"  # it works, and says that something should be mended
    IDLE = "sans-ouverture"  # heard of, and opened nothing for weeks
    AWAITED = "attendue"  # its ticket was issued, it never came

    @property
    def title(self) -> str:
        """As a heading."""
        return _WORDS[self][0]

    @property
    def since(self) -> str:
        """What the time beside a terminal is the time of."""
        return _SINCE.get(self, "Depuis")

    @property
    def advice(self) -> str:
        """What to do."""
        return _WORDS[self][1]


_WORDS = {
    Reason.STOPPED: (
        "À l’arrêt",  # noqa: RUF001 - French
        "Appeler le point : personne ne peut s’y inscrire. Le code du défaut dit quoi demander.",  # noqa: RUF001
    ),
    Reason.SILENT: (
        "Muettes",
        "Appeler le point : borne allumée, réseau en marche ? Ce qu’elle garde partira. Disparue : la révoquer.",  # noqa: RUF001
    ),
    Reason.FAULTY: (
        "À réparer",
        "La borne fonctionne encore. Prévenir le point avant qu’elle s’arrête.",  # noqa: RUF001 - French
    ),
    Reason.IDLE: (
        "Sans ouverture",
        "La borne répond mais n’ouvre rien. Demander si elle est visible, proposée, et si quelqu’un sait s’en servir.",  # noqa: RUF001
    ),
    Reason.AWAITED: (
        "Jamais venues",
        "Ticket remis, borne jamais enregistrée. Vérifier la livraison, puis émettre un autre ticket.",
    ),
}

_SINCE = {Reason.SILENT: "Vue", Reason.IDLE: "Enregistrée", Reason.AWAITED: "Ticket remis"}

_OF_FAULT = {
    "P-02": "Bientôt plus de papier : mettre un rouleau neuf.",
    "P-03": "Plus de papier : mettre un rouleau.",
    "P-04": "Capot de l’imprimante ouvert : le refermer.",  # noqa: RUF001 - French
    "P-05": "Imprimante éteinte ou débranchée : vérifier courant et câble.",
    "P-06": "L’imprimante ne répond plus : l’éteindre, la rallumer.",  # noqa: RUF001 - French
    "P-08": "Les bordereaux sortent de la seconde imprimante : réparer la première.",
    "D-02": "Disque bientôt plein : laisser partir ce qui attend.",
    "D-03": "Disque plein : rien ne peut plus être gardé. Intervention sur place.",
    "N-03": "Des enregistrements attendent depuis longtemps : vérifier le réseau du point.",
    "N-04": "Des enregistrements ont été refusés : prévenir le support central.",
    "H-02": "Horloge fausse : la remettre à l’heure.",  # noqa: RUF001 - French
}
_OF_FAMILY = {
    "L": "Lecteur de carte : vérifier le câble, redémarrer la borne.",
    "C": "Carte illisible : essayer une autre carte.",
    "D": "Disque : intervention sur place.",
    "P": "Imprimante : papier, capot, câble.",
    "N": "Liaison avec le service central : vérifier le réseau du point.",
    "H": "Horloge : la vérifier.",
    "T": "Borne : la redémarrer, puis appeler le support.",
}


def fault_advice(code: str) -> str:
    """What to do about a fault by its code; a code of a later release is told by its family, or by itself."""
    return _OF_FAULT.get(code) or _OF_FAMILY.get(code[:1], "Appeler le support avec ce code.")
