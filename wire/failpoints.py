"""The named instants at which power may fail: what the fault tests kill a process at, one after the other.

Product code calls ``reach(Failpoint.X)``; the default does nothing. Only the tests' launchers hand in something else.
"""

from __future__ import annotations

import enum
from collections.abc import Callable


class Failpoint(enum.Enum):
    """Each is passed once per record, batch or hand-over, in this order."""

    COMMIT_BEFORE = "commit.before"
    COMMIT_INSIDE = "commit.inside"  # row written, transaction open
    COMMIT_AFTER = "commit.after"
    PRINT_BEFORE = "print.before"  # journal says printing, no byte sent
    PRINT_AFTER = "print.after"  # bytes sent, journal not yet settled
    SEND_BEFORE = "send.before"
    SEND_AFTER = "send.after"  # answer received, nothing done with it
    FORGET_BEFORE = "forget.before"
    FORGET_INSIDE = "forget.inside"
    FORGET_AFTER = "forget.after"
    INTAKE_BEFORE_COMMIT = "intake.before_commit"
    INTAKE_AFTER_COMMIT = "intake.after_commit"  # durable, no answer sent
    HAND_OVER_BEFORE = "hand_over.before"
    HAND_OVER_AFTER = "hand_over.after"  # the vault has answered, the outbox does not know
    VAULT_BEFORE_COMMIT = "vault.before_commit"
    VAULT_AFTER_COMMIT = "vault.after_commit"


Reach = Callable[[Failpoint], None]


def pass_by(_where: Failpoint) -> None:
    """What every process does in the field: go on."""
