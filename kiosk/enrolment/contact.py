"""How a person may be reached: e-mail and mobile as typed → as stored, or a word on what is wrong. Pure, no network.

Source: REC_1.5-1100 (the number begins with 06 or 07, or the one-time code will not arrive), overseas included.
"""

from __future__ import annotations

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

from kiosk.enrolment.errors import ContactError
from wire.evidence import Contact

# Metropolitan France first; a number may be written the local way anywhere in the overseas regions.
REGIONS = ("FR", "RE", "GP", "MQ", "GF", "YT")
_LONGEST_EMAIL = 254  # RFC 5321 §4.5.3.1.3
_LONGEST_MOBILE = 24  # digits with blanks, dots and a prefix


def read_contact(email: str, mobile: str) -> Contact:
    """Both fields as typed; an empty one means "none". Neither is proved.

    Raises:
        ContactError: ``email_form``, ``mobile_form`` or ``mobile_landline``; never repeats what was typed.
    """
    return Contact(email=_email(email.strip()), mobile=_mobile(mobile.strip()))


def _email(text: str) -> str | None:
    if not text:
        return None
    try:
        # No DNS: a terminal asks nobody about a person's address.
        found = validate_email(text[: _LONGEST_EMAIL + 1], check_deliverability=False)
    except EmailNotValidError:
        raise ContactError("this is not built like an e-mail address", code="email_form") from None
    return found.normalized


def _mobile(text: str) -> str | None:
    if not text:
        return None
    if len(text) > _LONGEST_MOBILE:
        raise ContactError("a mobile number has 10 digits", code="mobile_form")
    landline = False
    for region in REGIONS:
        try:
            number = phonenumbers.parse(text, region)
        except NumberParseException:
            continue
        if not phonenumbers.is_valid_number_for_region(number, region):
            continue
        if phonenumbers.number_type(number) == PhoneNumberType.MOBILE:
            return phonenumbers.format_number(number, PhoneNumberFormat.E164)
        landline = True
    raise ContactError("a mobile number begins with 06 or 07", code="mobile_landline" if landline else "mobile_form")


def mobile_as_written(mobile: str) -> str:
    """A stored mobile the way its owner writes it: ``06 12 34 56 78``."""
    return phonenumbers.format_number(phonenumbers.parse(mobile), PhoneNumberFormat.NATIONAL)
