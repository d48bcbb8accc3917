"""What an opening is worth: dated rules, read from data. Pure but for :func:`load_rules`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from importlib import resources

import msgspec

from central.errors import SetupError
from wire.decoders import json_decoder


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"first": "from"}):
    """One rate: ``cents`` for the first opening of a person on ``channel``, from ``first`` to ``until`` included.

    ``profession`` says with whom it was agreed; the channel decides, and the office is paid, not the person.
    """

    rule: str
    channel: str
    profession: str
    cents: int
    first: date
    basis: str
    until: date | None = None

    def covers(self, channel: str, day: date) -> bool:
        """Whether an opening on that channel and day is paid by this rule."""
        return channel == self.channel and self.first <= day and (self.until is None or day <= self.until)


class _RulesFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: int
    source: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """All rates; ``version`` is written beside each entry, ``document`` is the file they were read from."""

    version: int
    rules: tuple[Rule, ...]
    document: bytes

    def for_opening(self, channel: str, opened_on: str) -> Rule | None:
        """The rule in force for a channel on the day of the opening, None when nothing is paid."""
        day = date.fromisoformat(opened_on)
        return next((rule for rule in self.rules if rule.covers(channel, day)), None)


def read_rules(data: bytes) -> Rules:
    """Read a rules file.

    Raises:
        SetupError: malformed, an amount that is not positive whole cents, or two rules for one channel and day.
    """
    try:
        file = json_decoder(_RulesFile).decode(data)
    except msgspec.DecodeError as error:
        raise SetupError(f"the bonus rules cannot be read: {error}", code="rules_form") from error
    for place, rule in enumerate(file.rules):
        if rule.cents <= 0 or (rule.until is not None and rule.until < rule.first):
            raise SetupError(f"the bonus rule {rule.rule} pays nothing or never", code="rules_form")
        if any(_overlap(rule, other) for other in file.rules[:place]):
            raise SetupError(f"the bonus rule {rule.rule} overlaps another one", code="rules_overlap")
    return Rules(file.version, file.rules, data)


def load_rules() -> Rules:
    """The rules shipped with central."""
    return read_rules(resources.files("central.ledger").joinpath("rules.json").read_bytes())


def _overlap(one: Rule, other: Rule) -> bool:
    return one.channel == other.channel and (
        (one.until is None or other.first <= one.until) and (other.until is None or one.first <= other.until)
    )
