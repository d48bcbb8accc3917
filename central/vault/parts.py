"""What a terminal sealed for the vault, opened and checked: the keys of a new dossier, or a change to one."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from msgspec.structs import asdict

from central.vault.errors import ItemRefusedError, WrapError
from central.vault.wraps import Bound, public_key
from wire.codes import Locator
from wire.errors import WireError
from wire.handover import ANNULMENT
from wire.records import RecordKind
from wire.sealing import SealPurpose, key_id, key_id_of, unseal
from wire.vault_parts import VaultChange, VaultPart, read_vault_change, read_vault_part

_KEY_BYTES = 32
_GENERATIONS = range((1 << 31) - 1)  # what a column of whole numbers holds, and no dossier ever comes to


_CODE = frozenset({"locator", "code_public"})
_ACCESSES = frozenset({"break_glass", "centre_15"})
_CONTACT = frozenset({"contact"})
_STATE = frozenset({"is_closed"})
_ALWAYS = frozenset({"language", "delete_now"})
_SAYS = {
    RecordKind.REACTIVATION.value: _CODE | _ACCESSES | _CONTACT | _STATE,
    RecordKind.CODE_REISSUE.value: _CODE,
    RecordKind.CONSENT_CHANGE.value: _ACCESSES,
    RecordKind.CONTACT_CHANGE.value: _CONTACT,
    RecordKind.CLOSURE_REQUEST.value: _STATE,
    RecordKind.OPPOSITION.value: _STATE,  # central's own: what opened by itself
    ANNULMENT: _STATE,  # central's own: an opening that should never have been
    RecordKind.PENDING_INS.value: _ACCESSES,  # central's own: a refusal of a second enrolment
}
"""Kind of record → what its change may say."""

_CLOSING = frozenset({RecordKind.CLOSURE_REQUEST.value, RecordKind.OPPOSITION.value, ANNULMENT})


def open_part(sealed: bytes, key: X25519PrivateKey, bound: Bound) -> VaultPart:
    """What the terminal sealed for the vault, once it is whole.

    Steps:

    1. the part opens with the vault's key in the context of its record and terminal, and is of the form;
    2. locator, code and the patient's wrap stand together or not at all, and the locator is one;
    3. the patient's wrap was made for the code's key.

    Not checked, because the vault cannot or must not open them: that each wrap holds the dossier's private key
    (the patient's is checked at activation, recovery's by the guard).

    Raises:
        ItemRefusedError: with the code that goes back to central.
    """
    try:
        part = read_vault_part(_opened(sealed, key, bound))  # 1
    except WireError as error:
        raise ItemRefusedError("the vault part does not open", code=error.code) from error
    slip = (part.locator, part.code_public, part.wrap_patient)
    if len({field is None for field in slip}) != 1:  # 2
        raise ItemRefusedError("locator, code and wrap do not stand together", code="slip_incomplete")
    if len(part.dossier_public) != _KEY_BYTES or part.generation not in _GENERATIONS:
        raise ItemRefusedError("the dossier's public key or its generation is none", code="dossier_key")
    if part.locator is not None and part.code_public is not None and part.wrap_patient is not None:
        _check_slip(part.locator, part.code_public)
        _check_made_for(part.wrap_patient, part.code_public)  # 3
    return part


def open_change(sealed: bytes, key: X25519PrivateKey, bound: Bound, kind: str) -> VaultChange:
    """A change that the terminal sealed for the vault, once it is whole; ``kind`` is its record's, by central's word.

    Steps:

    1. the part opens with the vault's key in the context of its record and terminal, and is of the form;
    2. it says no more than a record of that kind: central saw the evidence for the kind and cannot see what stands
       here, so that a contact change could else close a dossier or ask for a code;
    3. locator and code stand together or not at all, the locator is one, and the code's key is one.

    Not checked: that the change was attested (central does, by the record's administrative part), and that it says
    what that part says (the same answers, the same contact).

    Raises:
        ItemRefusedError: with the code that goes back to central.
    """
    try:
        change = read_vault_change(_opened(sealed, key, bound))  # 1
    except WireError as error:
        raise ItemRefusedError("the change does not open", code=error.code) from error
    if not _fits(change, kind):  # 2
        raise ItemRefusedError("the change says more than a record of its kind", code="change_kind")
    if (change.locator is None) != (change.code_public is None):  # 3
        raise ItemRefusedError("locator and code do not stand together", code="slip_incomplete")
    if change.locator is not None and change.code_public is not None:
        _check_slip(change.locator, change.code_public)
    return change


def _fits(change: VaultChange, kind: str) -> bool:
    said = {name for name, value in asdict(change).items() if value is not None} - _ALWAYS
    is_closing = kind in _CLOSING
    return (
        said <= _SAYS.get(kind, frozenset())
        and change.is_closed in {None, is_closing}
        and (is_closing or not change.delete_now)
    )


def _opened(sealed: bytes, key: X25519PrivateKey, bound: Bound) -> bytes:
    return unseal(sealed, key, SealPurpose.VAULT_PART, bound.record_id, bound.terminal)


def _check_slip(locator: str, code_public: bytes) -> None:
    try:
        canonical = Locator.parse(locator).value == locator
        public_key(code_public)
    except WireError as error:
        raise ItemRefusedError("the slip's locator is none", code=error.code) from error
    except WrapError as error:
        raise ItemRefusedError("the code's public key is none", code=error.code) from error
    if not canonical:
        raise ItemRefusedError("the locator is not as printed", code="locator_form")


def _check_made_for(wrap: bytes, code_public: bytes) -> None:
    try:
        made_for = key_id_of(wrap)
    except WireError as error:
        raise ItemRefusedError("the patient's wrap is none", code=error.code) from error
    if made_for != key_id(public_key(code_public)):
        raise ItemRefusedError("the patient's wrap is not for the code's key", code="wrap_key")
