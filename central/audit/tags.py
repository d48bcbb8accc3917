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
    # A refusal at the opening is told by dossier:opened; these tell of a later word. Detail: the record.
    DOSSIER_BREAK_GLASS_REFUSED = "dossier:break_glass_refused"  # dossier
    DOSSIER_BREAK_GLASS_GRANTED = "dossier:break_glass_granted"  # dossier
    DOSSIER_CENTRE_15_REFUSED = "dossier:centre_15_refused"  # dossier
    DOSSIER_CENTRE_15_GRANTED = "dossier:centre_15_granted"  # dossier
    DOSSIER_ANNULLED = "dossier:annulled"  # dossier; detail: why it should never have been opened
    DOSSIER_CLOSED = "dossier:closed"  # dossier; detail: the record
    DOSSIER_DELETION_ASKED = "dossier:deletion_asked"  # dossier that was closed already; detail: the record
    DOSSIER_DESTROYED = "dossier:destroyed"  # dossier, by the vault
    DOSSIER_REACTIVATED = "dossier:reactivated"  # dossier; detail: the record
    DOSSIER_CODE_REISSUED = "dossier:code_reissued"  # dossier; detail: the record
    ACCOUNT_TO_ACTIVATE = "account:to_activate"  # dossier
    ACCOUNT_ACTIVATED = "account:activated"  # dossier
    ACCOUNT_LOCKED = "account:locked"  # dossier
    ACCOUNT_DISABLED = "account:disabled"  # dossier: it was closed
    ACCOUNT_NONE = "account:none"  # dossier: opened again without contact and slip
    ACCOUNT_CONTACT_CHANGED = "account:contact_changed"  # dossier; detail: the record
    ACCOUNT_EMAIL_PROVED = "account:email_proved"  # dossier, by the vault
    ACCOUNT_MOBILE_PROVED = "account:mobile_proved"  # dossier, by the vault
    LEDGER_ACCRUED = "ledger:accrued"  # dossier; detail: cents
    LEDGER_HELD = "ledger:held"  # dossier; detail: why
    # Of an amount that stands there already. Detail: which entry of the dossier, and why.
    LEDGER_HELD_BACK = "ledger:held_back"  # dossier
    LEDGER_RELEASED = "ledger:released"  # dossier
    LEDGER_REVERSED = "ledger:reversed"  # dossier
    LEDGER_REINSTATED = "ledger:reinstated"  # dossier
    LEDGER_CORRECTED = "ledger:corrected"  # dossier
    LEDGER_MONTH_CLOSED = "ledger:month_closed"  # month
    STATEMENT_STATED = "statement:stated"  # office; detail: month
    STATEMENT_PAID = "statement:paid"  # office; detail: month and payment
    STATEMENT_RETURNED = "statement:returned"  # office; detail: month and payment
    STATEMENT_CONTESTED = "statement:contested"  # office; detail: month
    STATEMENT_SETTLED = "statement:settled"  # office; detail: month
    OFFICE_BANK_ACCOUNT_SET = "office:bank_account_set"  # office
    ABUSE_SUSPECTED = "abuse:suspected"  # case; detail: the score's name
    ABUSE_LOOKED_AT = "abuse:looked_at"  # case, by a manager
    ABUSE_CLEARED = "abuse:cleared"  # case
    ABUSE_CONFIRMED = "abuse:confirmed"  # case
    RECORD_QUARANTINED = "record:quarantined"  # record; detail: why
    RECORD_NUMBER_GIVEN = "record:number_given"  # record of a child that had no number of their own
    INCIDENT_CLOSED = "incident:closed"  # hash of the record it was found at; detail: its kind
    QUARANTINE_SETTLED = "quarantine:settled"  # record; detail: why it had been set aside
    HANDOVER_REFUSED = "handover:refused"  # dossier; detail: the vault's code
    HANDOVER_REPEATED = "handover:repeated"  # the vault, which lost what came after its backup; detail: how many
    DATABASE_RESTORED = "database:restored"  # digest of the backup; detail: of when it is
    PERSON_INFORMED = "person:informed"  # keyed fingerprint: told that a dossier will open by itself
    PERSON_OPPOSED = "person:opposed"  # keyed fingerprint; detail: the record
    PERSON_OPPOSITION_ENDED = "person:opposition_ended"  # keyed fingerprint, by an enrolment; detail: the record
    PERSON_STATUS_ASKED = "person:status_asked"  # keyed fingerprint of the person; detail: the answer
    CONTACT_CODE_SENT = "contact:code_sent"  # proof: an e-mail or a mobile is being proved
    CONTACT_PROVED = "contact:proved"  # proof
    TERMINAL_TICKET_ISSUED = "terminal:ticket_issued"  # terminal
    TERMINAL_REGISTERED = "terminal:registered"  # terminal
    TERMINAL_REVOKED = "terminal:revoked"  # terminal
    OFFICE_ADDED = "office:added"  # office
    OFFICE_CHANGED = "office:changed"  # office; detail: what it became
    OPERATOR_ADDED = "operator:added"  # operator; detail: office
    OPERATOR_RETIRED = "operator:retired"  # operator; detail: office
    MANAGER_ADDED = "manager:added"  # manager
    MANAGER_SIGNED_IN = "manager:signed_in"  # manager; detail: by what, when not by password and second factor
    MANAGER_SIGNED_OUT = "manager:signed_out"  # manager
    MANAGER_SIGNED_OUT_EVERYWHERE = "manager:signed_out_everywhere"  # manager
    MANAGER_LOCKED = "manager:locked"  # manager, by wrong tries
    MANAGER_BARRED = "manager:barred"  # manager, by command, until admitted again
    MANAGER_ADMITTED_AGAIN = "manager:admitted_again"  # manager
    MANAGER_PASSWORD_CHOSEN = "manager:password_chosen"  # noqa: S105 - manager, in place of a printed one
    MANAGER_FACTOR_SET = "manager:factor_set"  # manager: an authenticator was confirmed
    MANAGER_FACTOR_RESET = "manager:factor_reset"  # manager, by command
    MANAGER_RECOVERY_CODE_USED = "manager:recovery_code_used"  # manager
    MANAGER_MAPPED = "manager:mapped"  # manager: may come by the identity provider; detail: or no longer
    RECORD_LOOKED_AT = "record:looked_at"  # record, by a manager; detail: why
    SERVICE_ISSUED = "service:issued"  # service account; detail: role and region
    SERVICE_REVOKED = "service:revoked"  # service account
    PUBLISHED_FIGURES_IMPORTED = "published:figures_imported"  # hash of the file; detail: how many were new
