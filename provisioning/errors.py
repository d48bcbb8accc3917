"""Every way in which setting up a machine can be refused; each sentence says what to do.

ProvisioningError               base: a stable code and a sentence
├── KeyFileError                a file or folder is missing, exists already, is damaged, or is open to others
├── AuthorityError              root, service keys and trust bundle do not belong together
├── TicketError                 the registration ticket is no ticket, or leads where a terminal must not go
└── RegistrationError           central cannot be reached, refuses, or answers what the root did not sign
    └── CentralRefusedError     central said no, with its own code

No message contains a key, a token or a person's data; paths of files are named, for that is what must be put right.
"""

from __future__ import annotations


class ProvisioningError(Exception):
    """Base of the tree; ``code`` is stable, the message is for the person at the keyboard."""

    code = "provisioning"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        if code is not None:
            self.code = code


class KeyFileError(ProvisioningError):
    """A file or folder is missing, exists already, is damaged, or is open to others."""

    code = "key_file"


class AuthorityError(ProvisioningError):
    """Root, service keys and trust bundle do not belong together."""

    code = "authority"


class TicketError(ProvisioningError):
    """The registration ticket is no ticket, or leads where a terminal must not go."""

    code = "ticket"


class RegistrationError(ProvisioningError):
    """Central cannot be reached, refuses, or answers what the root did not sign."""

    code = "registration"


class CentralRefusedError(RegistrationError):
    """Central said no; ``code`` is the one of its problem document."""

    code = "refused"
