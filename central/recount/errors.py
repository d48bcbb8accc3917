"""Why a recount cannot be taken up again.

CentralError
└── RecountError    the notes are of another database, another release, or no notes at all
"""

from __future__ import annotations

from central.errors import CentralError


class RecountError(CentralError):
    """The notes of a recount cannot be gone on with; the code says why."""

    code = "recount_notes"
