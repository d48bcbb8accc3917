"""Regions of France by INSEE code (Code officiel géographique, in force since 2016), and codes of départements."""

from __future__ import annotations

import re

from central.errors import SetupError

REGIONS = {
    "01": "Guadeloupe",
    "02": "Martinique",
    "03": "Guyane",
    "04": "La Réunion",
    "06": "Mayotte",
    "11": "Île-de-France",
    "24": "Centre-Val de Loire",
    "27": "Bourgogne-Franche-Comté",
    "28": "Normandie",
    "32": "Hauts-de-France",
    "44": "Grand Est",
    "52": "Pays de la Loire",
    "53": "Bretagne",
    "75": "Nouvelle-Aquitaine",
    "76": "Occitanie",
    "84": "Auvergne-Rhône-Alpes",
    "93": "Provence-Alpes-Côte d’Azur",  # noqa: RUF001 - French
    "94": "Corse",
}
NATIONAL = "France entière"
_DEPARTEMENT = re.compile(r"0[1-9]|[1-8][0-9]|9[0-5]|2[AB]|97[0-9]|98[0-9]")


def region_name(code: str | None) -> str:
    """What a page calls a region; None is the whole country."""
    return NATIONAL if code is None else REGIONS.get(code, code)


def check_region(code: str) -> str:
    """The code of a region.

    Raises:
        SetupError: ``region``.
    """
    if code not in REGIONS:
        raise SetupError(f"a region is one of the INSEE codes {', '.join(REGIONS)}", code="region")
    return code


def check_departement(code: str) -> str:
    """The code of a département or overseas territory: 75, 2A, 974.

    Raises:
        SetupError: ``departement``.
    """
    if not _DEPARTEMENT.fullmatch(code):
        raise SetupError("a département is an INSEE code like 75, 2A or 974", code="departement")
    return code
