"""The 101 départements by INSEE code, each with its region (Code officiel géographique, regions since 2016)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Departement(NamedTuple):
    """A name, and the INSEE code of the region it lies in."""

    name: str
    region: str


DEPARTEMENTS: Mapping[str, Departement] = {
    "01": Departement("Ain", "84"),
    "02": Departement("Aisne", "32"),
    "03": Departement("Allier", "84"),
    "04": Departement("Alpes-de-Haute-Provence", "93"),
    "05": Departement("Hautes-Alpes", "93"),
    "06": Departement("Alpes-Maritimes", "93"),
    "07": Departement("Ardèche", "84"),
    "08": Departement("Ardennes", "44"),
    "09": Departement("Ariège", "76"),
    "10": Departement("Aube", "44"),
    "11": Departement("Aude", "76"),
    "12": Departement("Aveyron", "76"),
    "13": Departement("Bouches-du-Rhône", "93"),
    "14": Departement("Calvados", "28"),
    "15": Departement("Cantal", "84"),
    "16": Departement("Charente", "75"),
    "17": Departement("Charente-Maritime", "75"),
    "18": Departement("Cher", "24"),
    "19": Departement("Corrèze", "75"),
    "2A": Departement("Corse-du-Sud", "94"),
    "2B": Departement("Haute-Corse", "94"),
    "21": Departement("Côte-d’Or", "27"),  # noqa: RUF001 - French
    "22": Departement("Côtes-d’Armor", "53"),  # noqa: RUF001 - French
    "23": Departement("Creuse", "75"),
    "24": Departement("Dordogne", "75"),
    "25": Departement("Doubs", "27"),
    "26": Departement("Drôme", "84"),
    "27": Departement("Eure", "28"),
    "28": Departement("Eure-et-Loir", "24"),
    "29": Departement("Finistère", "53"),
    "30": Departement("Gard", "76"),
    "31": Departement("Haute-Garonne", "76"),
    "32": Departement("Gers", "76"),
    "33": Departement("Gironde", "75"),
    "34": Departement("Hérault", "76"),
    "35": Departement("Ille-et-Vilaine", "53"),
    "36": Departement("Indre", "24"),
    "37": Departement("Indre-et-Loire", "24"),
    "38": Departement("Isère", "84"),
    "39": Departement("Jura", "27"),
    "40": Departement("Landes", "75"),
    "41": Departement("Loir-et-Cher", "24"),
    "42": Departement("Loire", "84"),
    "43": Departement("Haute-Loire", "84"),
    "44": Departement("Loire-Atlantique", "52"),
    "45": Departement("Loiret", "24"),
    "46": Departement("Lot", "76"),
    "47": Departement("Lot-et-Garonne", "75"),
    "48": Departement("Lozère", "76"),
    "49": Departement("Maine-et-Loire", "52"),
    "50": Departement("Manche", "28"),
    "51": Departement("Marne", "44"),
    "52": Departement("Haute-Marne", "44"),
    "53": Departement("Mayenne", "52"),
    "54": Departement("Meurthe-et-Moselle", "44"),
    "55": Departement("Meuse", "44"),
    "56": Departement("Morbihan", "53"),
    "57": Departement("Moselle", "44"),
    "58": Departement("Nièvre", "27"),
    "59": Departement("Nord", "32"),
    "60": Departement("Oise", "32"),
    "61": Departement("Orne", "28"),
    "62": Departement("Pas-de-Calais", "32"),
    "63": Departement("Puy-de-Dôme", "84"),
    "64": Departement("Pyrénées-Atlantiques", "75"),
    "65": Departement("Hautes-Pyrénées", "76"),
    "66": Departement("Pyrénées-Orientales", "76"),
    "67": Departement("Bas-Rhin", "44"),
    "68": Departement("Haut-Rhin", "44"),
    "69": Departement("Rhône", "84"),
    "70": Departement("Haute-Saône", "27"),
    "71": Departement("Saône-et-Loire", "27"),
    "72": Departement("Sarthe", "52"),
    "73": Departement("Savoie", "84"),
    "74": Departement("Haute-Savoie", "84"),
    "75": Departement("Paris", "11"),
    "76": Departement("Seine-Maritime", "28"),
    "77": Departement("Seine-et-Marne", "11"),
    "78": Departement("Yvelines", "11"),
    "79": Departement("Deux-Sèvres", "75"),
    "80": Departement("Somme", "32"),
    "81": Departement("Tarn", "76"),
    "82": Departement("Tarn-et-Garonne", "76"),
    "83": Departement("Var", "93"),
    "84": Departement("Vaucluse", "93"),
    "85": Departement("Vendée", "52"),
    "86": Departement("Vienne", "75"),
    "87": Departement("Haute-Vienne", "75"),
    "88": Departement("Vosges", "44"),
    "89": Departement("Yonne", "27"),
    "90": Departement("Territoire de Belfort", "27"),
    "91": Departement("Essonne", "11"),
    "92": Departement("Hauts-de-Seine", "11"),
    "93": Departement("Seine-Saint-Denis", "11"),
    "94": Departement("Val-de-Marne", "11"),
    "95": Departement("Val-d’Oise", "11"),  # noqa: RUF001 - French
    "971": Departement("Guadeloupe", "01"),
    "972": Departement("Martinique", "02"),
    "973": Departement("Guyane", "03"),
    "974": Departement("La Réunion", "04"),
    "976": Departement("Mayotte", "06"),
}


def departement_name(code: str) -> str:
    """What a page calls a département; the code itself where it is not one of the 101 (a collectivity overseas)."""
    found = DEPARTEMENTS.get(code)
    return code if found is None else found.name


def departements_of(region: str) -> tuple[str, ...]:
    """The codes of a region's départements, in the order of the list."""
    return tuple(code for code, departement in DEPARTEMENTS.items() if departement.region == region)
