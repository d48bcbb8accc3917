"""The rules as they were: each version that ever paid is kept, so that the reason of a cent stays its reason."""

from __future__ import annotations

from sqlalchemy import Connection, select

from central.engine import insert_into
from central.errors import SetupError
from central.ledger.models import rule_versions
from central.ledger.rules import Rule, Rules, read_rules


def note(connection: Connection, rules: Rules, *, now_ms: int) -> None:
    """Keep the rules that are in force from now on; again, the same version changes nothing.

    Raises:
        SetupError: ``rules_changed``: a version that has paid already says something else now; ``rules_older``: a later
            version has paid.
    """
    kept = connection.scalar(select(rule_versions.c.document).where(rule_versions.c.version == rules.version))
    if kept is not None and kept != rules.document:
        raise SetupError("these bonus rules differ from those of the same version: count it up", code="rules_changed")
    newer = connection.scalar(select(rule_versions.c.version).where(rule_versions.c.version > rules.version).limit(1))
    if newer is not None:
        raise SetupError("these bonus rules are older than those that paid last", code="rules_older")
    insert = insert_into(connection, rule_versions).on_conflict_do_nothing()
    connection.execute(insert, {"version": rules.version, "document": rules.document, "noted_ms": now_ms})


def rule_of(connection: Connection, name: str, version: int) -> Rule | None:
    """A rule as it stood in a version; None when that version was never noted here."""
    document = connection.scalar(select(rule_versions.c.document).where(rule_versions.c.version == version))
    if document is None:
        return None
    return next((rule for rule in read_rules(document).rules if rule.rule == name), None)
