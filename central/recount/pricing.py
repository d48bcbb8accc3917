"""Whether what is booked for each opening is what it is worth (invariant 9), for a range of dossiers at a time."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, literal, select, union

from central.abuse.models import abuse_cases, abuse_evidence
from central.abuse.verdicts import Verdict
from central.enrolments.models import changes, dossiers
from central.handover.models import outbox
from central.handover.outbox import REFUSED_OPENINGS
from central.ledger.models import ledger_entries
from central.ledger.rules import Rule, Rules
from central.recount.facts import EVERYTHING, Range
from central.recount.notebook import Money, Piece
from wire.handover import ANNULMENT

NAME = "money"


def price(connection: Connection, within: Range, rules: Rules) -> Piece:
    """Price the openings of a range.

    Steps, for each dossier:

    1. it is worth the rate of its channel and day, unless something says that it is not (:func:`unpaid`);
    2. the sum of its entries, of whatever state, is that worth;
    3. what differs is named.

    Not checked: single entries and their order, which ``central verify`` folds one by one.
    """
    worth, not_paid = _worth(rules), unpaid(connection, within)
    booked = func.coalesce(func.sum(ledger_entries.c.cents), 0)
    each = (
        select(dossiers.c.dossier_id, worth.label("worth"), booked.label("booked"))
        .outerjoin(ledger_entries, ledger_entries.c.dossier_id == dossiers.c.dossier_id)
        .where(*within.holds(dossiers.c.dossier_id))
        .group_by(dossiers.c.dossier_id)
    )
    one = each.subquery()
    kinds = connection.execute(
        select(one.c.worth, one.c.booked, func.count().label("many")).group_by(one.c.worth, one.c.booked)
    ).all()
    differing = {}
    if any(kind.booked != kind.worth for kind in kinds):
        differing = {row.dossier_id: row.booked for row in connection.execute(each.having(booked != worth))}
    exempt = _worth_of(connection, not_paid, worth)
    mispriced = {key for key, cents in differing.items() if key not in not_paid or cents}
    mispriced |= {key for key, cents in exempt.items() if cents and key not in differing}
    money = Money(
        sum(kind.many for kind in kinds if kind.worth) - sum(1 for cents in exempt.values() if cents),
        sum(kind.many * kind.worth for kind in kinds) - sum(exempt.values()),
        int(sum(kind.many * kind.booked for kind in kinds)),
        tuple(sorted(mispriced)),
    )
    present = sum(kind.many for kind in kinds)
    return Piece(NAME, within, present + _entries(connection, within), money=money)


def facts(connection: Connection, within: Range) -> int:
    """How many dossiers and entries a range holds; a word that makes an opening worth nothing brings an entry."""
    here = within.holds(dossiers.c.dossier_id)
    present = connection.scalar(select(func.count()).select_from(dossiers).where(*here)) or 0
    return int(present) + _entries(connection, within)


def _entries(connection: Connection, within: Range) -> int:
    here = within.holds(ledger_entries.c.dossier_id)
    return int(connection.scalar(select(func.count()).select_from(ledger_entries).where(*here)) or 0)


def unpaid(connection: Connection, within: Range = EVERYTHING) -> frozenset[bytes]:
    """Dossiers whose opening is worth nothing, by what is written elsewhere than in the ledger.

    Annulled; refused by the vault, so that the holder has no dossier; taken back by a decision on abuse.
    """
    annulled = select(changes.c.dossier_id).where(changes.c.kind == ANNULMENT, *within.holds(changes.c.dossier_id))
    refused = REFUSED_OPENINGS.where(*within.holds(outbox.c.dossier_id))
    abused = (
        select(abuse_evidence.c.dossier_id)
        .join(abuse_cases, abuse_cases.c.case_id == abuse_evidence.c.case_id)
        .where(abuse_cases.c.verdict == Verdict.CONFIRMED.value, *within.holds(abuse_evidence.c.dossier_id))
    )
    return frozenset(connection.execute(union(annulled, refused, abused)).scalars())


def _worth_of(connection: Connection, dossier_ids: frozenset[bytes], worth: ColumnElement[int]) -> dict[bytes, int]:
    if not dossier_ids:
        return {}
    query: Select[Any] = select(dossiers.c.dossier_id, worth.label("worth"))
    rows = connection.execute(query.where(dossiers.c.dossier_id.in_(dossier_ids)))
    return {row.dossier_id: row.worth for row in rows}


def _worth(rules: Rules) -> ColumnElement[int]:
    nothing = literal(0, literal_execute=True)
    if not rules.rules:
        return nothing
    return case(*((_covers(rule), literal(rule.cents, literal_execute=True)) for rule in rules.rules), else_=nothing)


def _covers(rule: Rule) -> ColumnElement[bool]:
    """As :meth:`central.ledger.rules.Rule.covers`: dates are compared as they are written."""
    until = [] if rule.until is None else [dossiers.c.opened_on <= rule.until.isoformat()]
    return and_(dossiers.c.channel == rule.channel, dossiers.c.opened_on >= rule.first.isoformat(), *until)
