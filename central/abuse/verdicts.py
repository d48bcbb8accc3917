"""What a bonus officer may decide about a case, and why."""

from __future__ import annotations

import enum


@enum.unique
class Verdict(enum.Enum):
    """Open until somebody decided; a decision is made once."""

    OPEN = "open"
    CLEARED = "cleared"  # what was held is to be paid
    CONFIRMED = "confirmed"  # the amounts are taken back


@enum.unique
class Finding(enum.Enum):
    """What who looked has found. A list, not a field to write into: what is written freely ends up naming people."""

    ON_DUTY = "on_duty"
    CARE_HOME = "care_home"
    LOCUM = "locum"
    EVENT = "event"
    EXPLAINED = "explained"
    WITHOUT_CONSENT = "without_consent"
    NOT_PRESENT = "not_present"
    NO_EXPLANATION = "no_explanation"

    @property
    def verdict(self) -> Verdict:
        """What it leads to."""
        return Verdict.CONFIRMED if self in _AGAINST else Verdict.CLEARED

    @property
    def label(self) -> str:
        """As the form says it."""
        return _LABELS[self]


_AGAINST = frozenset({Finding.WITHOUT_CONSENT, Finding.NOT_PRESENT, Finding.NO_EXPLANATION})
_LABELS = {
    Finding.ON_DUTY: "Le point était de garde",
    Finding.CARE_HOME: "Un établissement avec un seul contact",
    Finding.LOCUM: "Un remplaçant que le point confirme",
    Finding.EVENT: "Une réunion ou une file d’attente confirmée",  # noqa: RUF001 - French
    Finding.EXPLAINED: "Une autre explication, vérifiée",
    Finding.WITHOUT_CONSENT: "Des personnes inscrites sans leur accord",
    Finding.NOT_PRESENT: "Des personnes qui n’étaient pas là",  # noqa: RUF001 - French
    Finding.NO_EXPLANATION: "Le point n’explique pas ces ouvertures",  # noqa: RUF001 - French
}
