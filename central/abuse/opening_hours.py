"""The hour on the wall of an office: which time zone a département lives in. Pure.

Source: the time zone database (``zoneinfo``); overseas départements and collectivities by their INSEE code.
"""

from __future__ import annotations

import functools
from datetime import datetime
from zoneinfo import ZoneInfo

from wire.identifiers import moment

_MAINLAND = "Europe/Paris"
_OVERSEAS = {
    "971": "America/Guadeloupe",
    "972": "America/Martinique",
    "973": "America/Cayenne",
    "974": "Indian/Reunion",
    "975": "America/Miquelon",
    "976": "Indian/Mayotte",
    "977": "America/St_Barthelemy",
    "978": "America/Marigot",
    "986": "Pacific/Wallis",
    "987": "Pacific/Tahiti",
    "988": "Pacific/Noumea",
}


def local_time(at_ms: int, departement: str) -> datetime:
    """A moment as the clock of that département shows it."""
    return moment(at_ms).astimezone(_zone(departement))


@functools.cache
def _zone(departement: str) -> ZoneInfo:
    return ZoneInfo(_OVERSEAS.get(departement, _MAINLAND))
