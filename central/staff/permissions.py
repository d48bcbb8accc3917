"""Who may open what: one table, endpoint by endpoint. What it does not name is closed to everybody.

A test holds it against the app: each route behind the sign-in has its line here, and no line is of a route that is
gone. *Which rows* of a page one may see is not said here but by the region (central/staff/scope.py).
"""

from __future__ import annotations

import enum
from collections.abc import Mapping


@enum.unique
class Role(enum.Enum):
    """What somebody is to the programme; the word is stored."""

    REGIONAL_MANAGER = "regional_manager"  # counts, silent terminals and sums of one region
    NATIONAL = "national"  # the same of the whole country
    BONUS_OFFICER = "bonus_officer"  # what is owed, and why a record was paid or not
    AUDITOR = "auditor"  # looks at everything that names no person, changes nothing
    FLEET_OPERATOR = "fleet_operator"  # terminals and offices, no money and no record

    @property
    def label(self) -> str:
        """As a page says it."""
        return _LABELS[self]


_LABELS = {
    Role.REGIONAL_MANAGER: "Responsable régional",
    Role.NATIONAL: "Responsable national",
    Role.BONUS_OFFICER: "Gestionnaire des primes",
    Role.AUDITOR: "Auditeur",
    Role.FLEET_OPERATOR: "Exploitant du parc",
}

EVERY_ROLE = frozenset(Role)
_COUNTS = frozenset({Role.REGIONAL_MANAGER, Role.NATIONAL, Role.BONUS_OFFICER, Role.AUDITOR})
_RECORDS = frozenset({Role.BONUS_OFFICER, Role.AUDITOR})
_POINTS = EVERY_ROLE - {Role.BONUS_OFFICER}

PERMISSIONS: Mapping[str, frozenset[Role]] = {
    "home": EVERY_ROLE,
    "staff.sign_out": EVERY_ROLE,
    "staff.sign_out_everywhere": EVERY_ROLE,
    "staff.account": EVERY_ROLE,
    "dashboards.table": _COUNTS,
    "dashboards.live": _COUNTS,
    "points.fleet": _POINTS,
    "points.office": _POINTS,
    "points.terminal": _POINTS,
    "looks.ask": _RECORDS,
    "looks.see": _RECORDS,
}

_TABLE, _FLEET = "dashboards.table", "points.fleet"
FIRST_PAGE: Mapping[Role, str] = {role: _FLEET if role is Role.FLEET_OPERATOR else _TABLE for role in Role}
"""Where somebody lands after the sign-in; each may open theirs."""


def may_open(role: Role, endpoint: str) -> bool:
    """Whether ``role`` may open ``endpoint``; an endpoint without a line is open to nobody."""
    return role in PERMISSIONS.get(endpoint, frozenset())


def is_regional(role: Role) -> bool:
    """Whether the role sees one region only, and so must have one."""
    return role is Role.REGIONAL_MANAGER
