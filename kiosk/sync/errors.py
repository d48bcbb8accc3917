"""Every way in which the way from disk to central can fail.

SyncError                    base: a stable code and a sentence for engineers
├── KeyFileError             a key file is missing, readable by others, or not a key
├── LinkError                central could not be reached, or what came back is no answer
│   └── RefusedError         central said no with one of its codes (unsigned: nothing is ever forgotten on its word)
└── AnswerError              the answer is signed by central but contradicts itself or the batch

A disk that refuses is ``kiosk.enrolment.errors.StoreError``; bytes that are not what they claim are ``WireError``.
No message holds an address, a NIR, a name or a code of a person.
"""

from __future__ import annotations

REVOKED = "terminal_revoked"
"""Central's code for a terminal that is no more."""


class SyncError(Exception):
    """Base of the tree; ``code`` is stable, the message is for engineers."""

    code = "sync"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        if code is not None:
            self.code = code


class KeyFileError(SyncError):
    """A key file is missing, readable by others than its user, or not a key of the kind wanted."""

    code = "key_file"


class LinkError(SyncError):
    """Central could not be reached or gave no usable answer: ``unreachable``, ``timeout``, ``too_long``, ``http``."""

    code = "link"


class RefusedError(LinkError):
    """Central answered with a problem; ``status`` is the HTTP status, ``code`` the problem's code."""

    code = "refused"

    def __init__(self, message: str, *, status: int, code: str) -> None:
        super().__init__(message, code=code)
        self.status = status


class AnswerError(SyncError):
    """A signed answer that names a record twice with different outcomes, or says nothing of what was sent."""

    code = "answer"
