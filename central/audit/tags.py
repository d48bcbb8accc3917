"""What can be written in the audit: every change of state has exactly one tag.

Grammar: ``object:what_became_of_it``, lower case, an underscore between words; a tag once used is never used for
something else. The subject beside it is an identifier of ours: a dossier, a record, a terminal, a manager.
"""

from __future__ import annotations

import enum
import re

GRAMMAR = re.compile(r"[a-z]+:[a-z0-9]+(_[a-z0-9]+)*")


@enum.unique
class AuditTag(enum.Enum):
    """The tags; the subject of each stands beside it."""

    DOSSIER_OPENED = "dossier:opened"  # dossier
    DOSSIER_SECOND_ENROLMENT = "dossier:second_enrolment"  # dossier; detail: the record
    DOSSIER_BREAK_GLASS_REFUSED = "dossier:break_glass_refused"  # dossier, by a second enrolment
    DOSSIER_CENTRE_15_REFUSED = "dossier:centre_15_refused"  # dossier, by a second enrolment
    ACCOUNT_TO_ACTIVATE = "account:to_activate"  # dossier
    ACCOUNT_ACTIVATED = "account:activated"  # dossier
    ACCOUNT_LOCKED = "account:locked"  # dossier
    LEDGER_ACCRUED = "ledger:accrued"  # dossier; detail: cents
    LEDGER_HELD = "ledger:held"  # dossier; detail: why
    RECORD_QUARANTINED = "record:quarantined"  # record; detail: why
    INCIDENT_CLOSED = "incident:closed"  # hash of the record it was found at; detail: its kind
    QUARANTINE_SETTLED = "quarantine:settled"  # record; detail: why it had been set aside
    HANDOVER_REFUSED = "handover:refused"  # dossier; detail: the vault's code
    PERSON_STATUS_ASKED = "person:status_asked"  # keyed fingerprint of the person; detail: the answer
    CONTACT_CODE_SENT = "contact:code_sent"  # proof: an e-mail or a mobile is being proved
    CONTACT_PROVED = "contact:proved"  # proof
    TERMINAL_TICKET_ISSUED = "terminal:ticket_issued"  # terminal
    TERMINAL_REGISTERED = "terminal:registered"  # terminal
    TERMINAL_REVOKED = "terminal:revoked"  # terminal
    OFFICE_ADDED = "office:added"  # office
    OPERATOR_ADDED = "operator:added"  # operator; detail: office
    OPERATOR_RETIRED = "operator:retired"  # operator; detail: office
    MANAGER_ADDED = "manager:added"  # manager
    MANAGER_SIGNED_IN = "manager:signed_in"  # manager
    MANAGER_SIGNED_OUT = "manager:signed_out"  # manager
    MANAGER_LOCKED = "manager:locked"  # manager, by wrong tries
