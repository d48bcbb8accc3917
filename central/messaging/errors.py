"""Every way in which a message can fail to leave.

MessageError               base: a stable code and a sentence
├── MessagingSetupError    a setting cannot be used: an address, a sender, a file with a secret
└── NotSentError           this message did not leave, or nobody knows in time that it did
        no_route           no server is set for this kind of message
        recipient          the address is none that a message can go to
        busy               too many messages hang already
        silent             no answer by the deadline; it may arrive all the same
        unreachable        no connection, or no trust in who answers
        refused            the server said no

No message of these errors contains an address, a number, a text or a secret.
"""

from __future__ import annotations


class MessageError(Exception):
    """Base of the tree; ``code`` is stable and may be logged, the message is for the operator."""

    code = "message"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        if code is not None:
            self.code = code


class MessagingSetupError(MessageError):
    """A setting cannot be used."""

    code = "messaging_setup"


class NotSentError(MessageError):
    """This message did not leave, or nobody knows in time that it did."""

    code = "refused"
