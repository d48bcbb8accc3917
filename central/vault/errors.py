"""Everything the vault itself can refuse; what is wrong on the wire is a :class:`wire.errors.WireError`.

VaultError                 base: a stable code and a sentence
├── SettingsError          a setting cannot be used
├── HomeError              the home folder lacks a file, or one is not what it should be
├── DatabaseError          the database is not of this version
├── ItemRefusedError       an item of a hand-over that is kept aside and shown to a person
├── ItemTooEarlyError      an item that can only be taken after another one: central sends it again
├── NoticeError            a notice that cannot be composed: it is given up
├── WrapError              a wrap does not give the key it should give
└── AuditError             the audit chain does not hold

No message contains a code, a passphrase, a locator or an address.
"""

from __future__ import annotations


class VaultError(Exception):
    """Base of the tree; ``code`` is stable and may be logged, the message is for the operator."""

    code = "vault"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        if code is not None:
            self.code = code


class SettingsError(VaultError):
    """A setting cannot be used."""

    code = "settings"


class HomeError(VaultError):
    """The home folder lacks a file, or one is not what it should be."""

    code = "home"


class DatabaseError(VaultError):
    """The database is not of this version."""

    code = "database"


class ItemRefusedError(VaultError):
    """An item of a hand-over that is kept aside and shown to a person."""

    code = "refused"


class ItemTooEarlyError(VaultError):
    """An item that can only be taken after another one: central sends it again."""

    code = "too_early"


class NoticeError(VaultError):
    """A notice that cannot be composed: it is given up."""

    code = "notice"


class WrapError(VaultError):
    """A wrap does not give the key it should give."""

    code = "wrap"


class AuditError(VaultError):
    """The audit chain does not hold."""

    code = "audit_chain"
