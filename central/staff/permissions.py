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
    OUTSIDER = "outsider"  # another administration, research: months that are over, small numbers hidden

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
    Role.OUTSIDER: "Partenaire extérieur",
}

EVERY_ROLE = frozenset(Role)
_COUNTS = frozenset({Role.REGIONAL_MANAGER, Role.NATIONAL, Role.BONUS_OFFICER, Role.AUDITOR})
_RECORDS = frozenset({Role.BONUS_OFFICER, Role.AUDITOR})
_POINTS = EVERY_ROLE - {Role.BONUS_OFFICER, Role.OUTSIDER}
_FIGURES = _COUNTS | {Role.OUTSIDER}  # tables of counts: what outsiders get of them, central.tables decides

PERMISSIONS: Mapping[str, frozenset[Role]] = {
    "home": EVERY_ROLE,
    "staff.sign_out": EVERY_ROLE,
    "staff.sign_out_everywhere": EVERY_ROLE,
    "staff.account": EVERY_ROLE,
    "dashboards.table": _COUNTS,
    "dashboards.live": _COUNTS,
    "dashboards.chart": EVERY_ROLE - {Role.OUTSIDER},
    "rollout.plan": _COUNTS,
    "silence.points": _POINTS,
    "silence.live": _POINTS,
    "points.fleet": _POINTS,
    "points.office": _POINTS,
    "points.terminal": _POINTS,
    "looks.ask": _RECORDS,
    "looks.see": _RECORDS,
    "cases.work_list": _RECORDS,
    "cases.case": _RECORDS,
    "cases.decide": frozenset({Role.BONUS_OFFICER}),
    "statements.month": _RECORDS,
    "statements.office": _RECORDS,
    "statements.as_pdf": _RECORDS,
    "statements.as_csv": _RECORDS,
    "published.page": _FIGURES,
    "exports.page": EVERY_ROLE,
    "exports.silent": _POINTS,
    "exports.counts": _FIGURES,
    "exports.series": _FIGURES,
    "exports.indicator": _FIGURES,
    "api.counts": _FIGURES,
    "api.series": _FIGURES,
    "api.silent_points": _POINTS,
    "api.indicator": _FIGURES,
}

FIRST_PAGE: Mapping[Role, str] = dict.fromkeys(Role, "dashboards.table") | {
    Role.FLEET_OPERATOR: "points.fleet",
    Role.OUTSIDER: "exports.page",
}
"""Where somebody lands after the sign-in; each may open theirs."""


def may_open(role: Role, endpoint: str) -> bool:
    """Whether ``role`` may open ``endpoint``; an endpoint without a line is open to nobody."""
    return role in PERMISSIONS.get(endpoint, frozenset())


def is_outside(role: Role) -> bool:
    """Whether the role is of somebody outside: small numbers are hidden from them."""
    return role is Role.OUTSIDER


def is_regional(role: Role) -> bool:
    """Whether the role sees one region only, and so must have one."""
    return role is Role.REGIONAL_MANAGER
