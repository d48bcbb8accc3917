"""Names of the files that provisioning writes and that terminal, central and vault read.

Private keys are PKCS#8 PEM, mode 0600, in a folder of mode 0700; public roots are 64 hexadecimal digits;
``person_index.key`` and ``pepper.key`` are 64 hexadecimal digits (32 random bytes); documents are the signed bytes.
"""

from __future__ import annotations

ROOT_KEY = "root.key"  # only in the offline root folder
ROOT_PUBLIC = "root.pub"
TRUST_BUNDLE = "trust.bundle"

DEVICE_KEY = "device.key"  # terminal
CONFIGURATION = "configuration.signed"  # terminal
TERMINAL_NAME = "terminal.name"  # terminal
TERMINAL_STORE = "terminal.db"  # terminal

INTAKE_KEY = "intake.key"  # central
ANSWER_KEY = "answer.key"  # central
HAND_OVER_KEY = "hand_over.key"  # central
LEDGER_KEY = "ledger.key"  # central
PERSON_INDEX_KEY = "person_index.key"  # central
CENTRAL_URL = "central.url"  # terminal: where it registered

BACKUP_RECIPIENTS = "backup.recipients"  # central and vault: public halves, to whom backups are sealed

VAULT_KEY = "vault.key"  # vault
VAULT_ANSWER_KEY = "vault_answer.key"  # vault
BREAK_GLASS_KEY = "break_glass.key"  # vault
CENTRE_15_KEY = "centre_15.key"  # vault
RECOVERY_KEY = "recovery.key"  # vault
PEPPER_KEY = "pepper.key"  # vault
