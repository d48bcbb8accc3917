"""A slip B that may be on paper and is not surely whole is void: the facts of the code that takes its place. Pure.

The torn slip bears a code, and perhaps the QR, for whoever stands at the printer to read: its code must die. A new one
is a fact of its own, a ``code_reissue`` after the record of the visit, attested by the check made in that. Source:
design.md §4 (reprint, new code); docs/decisions/0023.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec.structs import replace

from kiosk.enrolment.ports import RecordDraft
from wire.codes import ActivationCode, Locator
from wire.dossier_keys import code_key
from wire.facts import CodeReissueFacts, PendingInsFacts, SlipFacts
from wire.identifiers import RecordId
from wire.records import RecordKind
from wire.vault_parts import VaultChange

MOST_NEW_CODES = 3
"""In one visit: a printer that tears every slip is a matter for the agent, not for a fourth code."""

_LATER = timedelta(milliseconds=1)  # the finest time that a record bears


@dataclass(frozen=True, slots=True, repr=False)
class ReissueBasis:
    """What a new code of the same visit is made of: who it is for, by which card and whose word.

    Personal: it lives as long as the slips it may replace, in the memory of whoever hands them out, and is silent in
    ``repr``. No answer, no contact, no key of the dossier. ``at`` (aware UTC) is the time of the record before.
    """

    facts: CodeReissueFacts
    at: datetime
    language: str


def basis_of(made: RecordDraft, *, copies: int, language: str) -> ReissueBasis | None:
    """The basis after a record whose slip B is the ``copies``-th of its dossier; None where none can follow."""
    facts = made.administrative
    if facts is None or isinstance(facts, SlipFacts | PendingInsFacts):
        return None
    again = CodeReissueFacts(
        traits=facts.traits,
        card=facts.card,
        identity_check=facts.identity_check,
        copy_number=copies + 1,
        representation=facts.representation,
    )
    return ReissueBasis(again, made.captured_at, language)


def time_after(basis: ReissueBasis, now: datetime) -> datetime:
    """When the new code is asked for: always after the record before, also when the clock was set back between them.

    Central takes the later word for the one that holds.
    """
    return max(now, basis.at + _LATER)


def reissue(
    basis: ReissueBasis, record_id: RecordId, at: datetime, locator: Locator, code: ActivationCode
) -> RecordDraft:
    """The record of a new code; the vault gets its public half alone."""
    public = code_key(code, record_id).public_key().public_bytes_raw()
    change = VaultChange(locator=locator.value, code_public=public, language=basis.language)
    return RecordDraft(record_id, RecordKind.CODE_REISSUE, at, basis.facts, change)


def next_basis(basis: ReissueBasis, at: datetime) -> ReissueBasis:
    """The basis after a new code was made at that time."""
    return ReissueBasis(replace(basis.facts, copy_number=basis.facts.copy_number + 1), at, basis.language)
