"""Every way in which an enrolment can stop.

EnrolmentError               base: a stable code and a sentence for the person
├── CardError                the card cannot be used; ``fault`` says how
├── StoreError               nothing was kept on disk
├── OperatorLockedError      too many wrong PINs; ``until`` says how long
├── ContactError             an e-mail or a mobile number that cannot be one
├── StepError                a touch that does not belong to the step now shown
├── WordingError             a word that a screen needs is in no file of the language
├── VoiceError               nothing can be spoken now
├── PairingError             a code for the person's own screen that is not the one shown
└── NotReadyError            the terminal may not enrol: not registered, revoked, no valid trust bundle
"""

from __future__ import annotations

import enum
from datetime import datetime


class CardFault(enum.Enum):
    """Why a card could not be read; each has its sentence on the screen."""

    NO_SERVICE = "no_service"
    NO_READER = "no_reader"
    NO_CARD = "no_card"
    MUTE = "mute"
    PULLED = "pulled"
    SWAPPED = "swapped"
    BUSY = "busy"  # another program holds the card
    TIMEOUT = "timeout"
    WRONG_CARD_BANK = "wrong_card_bank"
    WRONG_CARD_CPS = "wrong_card_cps"
    WRONG_CARD_VITALE_1 = "wrong_card_vitale_1"
    WRONG_CARD_UNKNOWN = "wrong_card_unknown"
    PROTECTED = "protected"
    DAMAGED = "damaged"
    FAILED = "failed"  # anything else the reader said


class EnrolmentError(Exception):
    """Base of the tree."""

    code = "enrolment"


class CardError(EnrolmentError):
    """The card cannot be used. The message is for engineers and holds no personal data."""

    code = "card"

    def __init__(self, fault: CardFault, message: str = "") -> None:
        super().__init__(message or fault.value)
        self.fault = fault


class StoreError(EnrolmentError):
    """Nothing was kept: disk full, damaged or not writable."""

    code = "store"


class OperatorLockedError(EnrolmentError):
    """Too many wrong PINs."""

    code = "operator_locked"

    def __init__(self, until: datetime) -> None:
        super().__init__("too many wrong PINs")
        self.until = until


class ContactError(EnrolmentError):
    """An e-mail or a mobile number that cannot be one; ``code`` says which and how, the message never repeats it."""

    code = "contact"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        if code is not None:
            self.code = code


class StepError(EnrolmentError):
    """A touch that does not belong to the step now shown (a second tab, an old page)."""

    code = "step"


class WordingError(EnrolmentError):
    """A word that a screen needs is not in its language's files. The message names the key."""

    code = "wording"


class VoiceError(EnrolmentError):
    """Nothing can be spoken now: no program, no such voice, or it took too long. Never holds the words."""

    code = "voice"


class PairingError(EnrolmentError):
    """The person's screen cannot be paired; ``code`` names the sentence, the message never holds what was typed."""

    code = "pairing"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        if code is not None:
            self.code = code


class NotReadyError(EnrolmentError):
    """The terminal may not enrol; ``code`` says why (``not_registered``, ``revoked``, ``trust_validity``, …)."""

    code = "not_ready"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        if code is not None:
            self.code = code
