"""How a person may be reached: e-mail and mobile as typed → as stored, or a word on what is wrong. Pure, no network.

Source: REC_1.5-1100 (the number begins with 06 or 07, or the one-time code will not arrive), overseas included, as the
numbering plans that phonenumbers knows say. Where a number begins with 0, the plans of the regions share no mobile
number, so it says by itself where it is from. Nouvelle-Calédonie, Polynésie, Wallis-et-Futuna and Saint-Pierre-et-
Miquelon write six or eight digits that others share (82 12 34 is somebody in Nouméa and somebody in Mata-Utu): these
begin with their country code, or a stranger would get the code.
"""

from __future__ import annotations

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberType

from kiosk.enrolment.errors import ContactError
from wire.evidence import Contact

REGIONS = ("FR", "RE", "GP", "MQ", "GF", "YT", "BL", "MF")
"""Written the local way, ten digits from 0; metropolitan France first."""
REGIONS_WITH_PREFIX = ("NC", "PF", "WF", "PM")
"""Written with +687, +689, +681 and +508."""
_LONGEST_EMAIL = 254  # RFC 5321 §4.5.3.1.3
_LONGEST_MOBILE = 24  # digits with blanks, dots and a prefix
_DIGITS = 10  # of a number that begins with 0
_SAID = {
    "email_at": "an e-mail address has one @",
    "email_space": "an e-mail address has no blanks",
    "email_dot": "an e-mail address ends like .fr or .com",
    "email_form": "this is not built like an e-mail address",
    "mobile_short": "digits are missing",
    "mobile_long": "there are too many digits",
    "mobile_overseas": "this overseas number begins with its country code",
    "mobile_foreign": "this is a number of another country",
    "mobile_landline": "a mobile number begins with 06 or 07",
    "mobile_form": "a mobile number has 10 digits",
}
"""What can be wrong, by its code; the sentence for the person is in ``sentences.json``."""


def read_contact(email: str, mobile: str) -> Contact:
    """Both fields as typed; an empty one means "none". Neither is proved.

    Raises:
        ContactError: one of the codes above; never repeats what was typed.
    """
    return Contact(email=_email(email.strip()), mobile=_mobile(mobile.strip()))


def mobile_as_written(mobile: str) -> str:
    """A stored mobile the way its owner writes it: ``06 12 34 56 78``, ``+687 75.12.34``."""
    number = phonenumbers.parse(mobile)
    local = phonenumbers.region_code_for_number(number) in REGIONS
    return phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL if local else PhoneNumberFormat.INTERNATIONAL)


def _email(text: str) -> str | None:
    if not text:
        return None
    try:
        # No DNS: a terminal asks nobody about a person's address.
        found = validate_email(text[: _LONGEST_EMAIL + 1], check_deliverability=False)
    except EmailNotValidError:
        raise _wrong(_email_fault(text)) from None
    return found.normalized


def _email_fault(text: str) -> str:
    if any(character.isspace() for character in text):
        return "email_space"
    if text.count("@") != 1:
        return "email_at"
    name, _, domain = text.partition("@")
    return "email_dot" if name and domain and "." not in domain else "email_form"


def _mobile(text: str) -> str | None:
    if not text:
        return None
    if len(text) > _LONGEST_MOBILE:
        raise _wrong("mobile_long")
    abroad = text.startswith(("+", "00"))
    regions = (*REGIONS, *REGIONS_WITH_PREFIX) if abroad else REGIONS
    number = _first_valid(text, regions)
    if number is None:
        raise _wrong(_mobile_fault(text, abroad=abroad))
    if phonenumbers.number_type(number) != PhoneNumberType.MOBILE:
        raise _wrong("mobile_landline")
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def _first_valid(text: str, regions: tuple[str, ...]) -> PhoneNumber | None:
    for region in regions:
        try:
            number = phonenumbers.parse(text, region)
        except NumberParseException:
            continue
        if phonenumbers.is_valid_number_for_region(number, region):
            return number
    return None


def _mobile_fault(text: str, *, abroad: bool) -> str:
    digits = [character for character in text if character.isdigit()]
    if abroad:
        number = _parsed(text)
        known = number is not None and phonenumbers.is_valid_number(number)
        return "mobile_foreign" if known else "mobile_form"
    if not digits:
        return "mobile_form"
    if _first_valid(text, REGIONS_WITH_PREFIX) is not None:
        return "mobile_overseas"
    if len(digits) == _DIGITS:
        return "mobile_form"
    return "mobile_short" if len(digits) < _DIGITS else "mobile_long"


def _parsed(text: str) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(text, REGIONS[0])
    except NumberParseException:
        return None


def _wrong(code: str) -> ContactError:
    return ContactError(_SAID[code], code=code)
