"""Every way in which central says no.

CentralError                    base: a stable code, a sentence, the HTTP status it crosses with
├── RefusedError                a request is refused as a whole
│   ├── TerminalUnknownError    403 terminal_unknown
│   ├── TerminalRevokedError    403 terminal_revoked
│   ├── NotSignedError          401 signature
│   ├── NonceUsedError          409 nonce_used (or query_stale)
│   ├── TicketError             403 token_unknown, token_used or token_expired
│   ├── TooManyError            429 too_many
│   └── QuestionError           400 question: numbers were asked for in a way that has no answer
├── SetupError                  central cannot start: a key, a setting or a data file is missing or wrong
├── NotFoundError               a command names something that does not exist
├── AlreadyThereError           a command would make what exists
├── ProviderError               403 the identity provider did not answer, or not as it must, or vouches for nobody
└── VaultError                  the vault did not answer, or not as it must

No message ever contains a NIR, a name, a code or a contact.
"""

from __future__ import annotations


class CentralError(Exception):
    """Base of the tree; ``code`` and ``status`` may cross the wire, the message is for people."""

    code = "central"
    status = 500

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        if code is not None:
            self.code = code


class RefusedError(CentralError):
    """A request is refused as a whole; nothing of it was kept."""

    code = "refused"
    status = 403


class TerminalUnknownError(RefusedError):
    """No terminal of that name is registered."""

    code = "terminal_unknown"

    def __init__(self) -> None:
        super().__init__("no terminal of this name is registered")


class TerminalRevokedError(RefusedError):
    """The terminal was revoked."""

    code = "terminal_revoked"

    def __init__(self) -> None:
        super().__init__("this terminal was revoked")


class NotSignedError(RefusedError):
    """The signature is not the terminal's."""

    code = "signature"
    status = 401

    def __init__(self) -> None:
        super().__init__("the signature is not that of the terminal named")


class NonceUsedError(RefusedError):
    """A question was asked twice, or is too old or too new to know whether it was."""

    code = "nonce_used"
    status = 409


class TicketError(RefusedError):
    """A registration ticket opens nothing: not issued here, used, or too old."""

    code = "token_unknown"


class TooManyError(RefusedError):
    """More questions in a while than a counter can have customers."""

    code = "too_many"
    status = 429


class QuestionError(RefusedError):
    """Numbers were asked for in a way that has no answer; the code says which part of the question."""

    code = "question"
    status = 400

    def __init__(self, message: str, *, code: str | None = None, status: int | None = None) -> None:
        super().__init__(message, code=code)
        if status is not None:
            self.status = status


class SetupError(CentralError):
    """Central cannot start: a key, a setting or a data file is missing or wrong."""

    code = "setup"


class NotFoundError(CentralError):
    """A command names something that does not exist."""

    code = "not_found"
    status = 404


class AlreadyThereError(CentralError):
    """A command would make what exists, or take a place that is taken."""

    code = "already_there"
    status = 409


class ProviderError(CentralError):
    """The identity provider did not answer, or what it said opens nothing here."""

    code = "provider_answer"
    status = 403


class VaultError(CentralError):
    """The vault did not answer, or not as it must."""

    code = "vault"
    status = 502
