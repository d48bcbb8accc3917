"""Why an amount is held or taken back: the words that stand in the ledger."""

from __future__ import annotations

OPERATOR_UNKNOWN = "operator_unknown"  # held from the first: nobody of this name attests at the office
VAULT_REFUSED = "vault_refused"  # taken back while the host has refused the opening: the holder has no dossier
ANNULLED = "annulled"  # taken back: it should never have been opened
_CASE = "case-"
_CASE_DIGITS = 16


def of_case(case_id: bytes) -> str:
    """Held, or taken back, by a case of abuse."""
    return f"{_CASE}{case_id.hex()[:_CASE_DIGITS]}"


def of_person(word: str) -> str:
    """Held by hand, for a reason that somebody gave in a word."""
    return f"hand-{word}"
