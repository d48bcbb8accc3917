"""What a terminal seals to the vault: the keys of a new dossier, or a change to one that exists.

Both are sealed with the purpose VAULT_PART in the context of their record; the record's kind says which it is.
Source: design.md §4.
"""

from __future__ import annotations

from wire.canonical import WireStruct, decode
from wire.evidence import Contact
from wire.records import VAULT_LIMIT


class VaultPart(WireStruct, frozen=True):
    """Keys and wraps of a new dossier. A wrap that was refused was never made: its field is None.

    All wraps hold the 32 bytes of the dossier's private key, sealed (:mod:`wire.dossier_keys`). ``locator``,
    ``code_public`` and ``wrap_patient`` are None together when the person wanted no activation slip.
    ``contact`` is where the host sends its one-time code at activation and its notices.
    """

    dossier_public: bytes
    wrap_recovery: bytes
    generation: int = 0
    locator: str | None = None
    code_public: bytes | None = None
    wrap_patient: bytes | None = None
    wrap_break_glass: bytes | None = None
    wrap_centre_15: bytes | None = None
    contact: Contact | None = None
    language: str | None = None


class VaultChange(WireStruct, frozen=True):
    """A change to a dossier that exists; a field that is None changes nothing.

    ``locator`` and ``code_public`` stand together: the public half of a new code, for the guarded re-wrap. The two
    answers grant (True) or withdraw (False) an emergency access. ``contact`` replaces the one known. ``is_closed``
    closes (True) or opens again (False); ``delete_now`` asks for destruction without the ten years.
    """

    locator: str | None = None
    code_public: bytes | None = None
    break_glass: bool | None = None
    centre_15: bool | None = None
    contact: Contact | None = None
    is_closed: bool | None = None
    delete_now: bool = False
    language: str | None = None


def read_vault_part(data: bytes) -> VaultPart:
    """Decode an opened vault part of a new dossier."""
    return decode(data, VaultPart, limit=VAULT_LIMIT)


def read_vault_change(data: bytes) -> VaultChange:
    """Decode an opened vault part that changes a dossier."""
    return decode(data, VaultChange, limit=VAULT_LIMIT)
