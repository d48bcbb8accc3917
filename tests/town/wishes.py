"""What somebody who stands at a terminal wants, and which touch says so on each screen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kiosk.enrolment.contact import read_contact

Said = tuple[str, Mapping[str, str]]
"""A touch of views.py and the fields that go with it."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the person came for and answers; ``proves`` reads the one-time codes, else they are left for later.

    ``representative`` is a position on the card, or -1 for ``companion`` (family name, given name, birth date), who is
    not on it. ``answers`` says yes or no to questions by the name of their screen, where it is not the usual "yes".
    """

    who: int = 0
    accompanied: bool = False
    aim: str = "enrolment"
    creation: bool = True
    break_glass: bool = True
    centre_15: bool = True
    answers: Mapping[str, bool] = field(default_factory=dict)
    email: str = ""
    mobile: str = ""
    proves: bool = False
    alerts: str = "first_access"
    slip: bool = True
    measure: str = "representation"
    representative: int = 0
    companion: tuple[str, str, str] = ("CANARI-TUTEUR", "ALIX", "05/01/1960")
    quality: str = ""
    confirming_pin: str = ""

    @property
    def mobile_sent_to(self) -> str:
        """The mobile as messages are sent to it."""
        return read_contact("", self.mobile).mobile or ""

    def says(self, question: str) -> bool:
        """The answer to the question of that screen."""
        usual = {
            "consent": self.creation,
            "break_glass": self.break_glass,
            "centre_15": self.centre_15,
            "delete": False,
            "consultation": False,
        }
        return self.answers.get(question, usual.get(question, True))

    def touch_on(self, step: str, quality: str) -> Said:
        """The touch for a screen that asks no secret; ``quality`` is the first one that the screen offers."""
        family, given, born = self.companion
        contact = {"email": self.email, "mobile": self.mobile}
        touches: dict[str, Said] = {
            "who": ("choose", {"position": str(self.who), "accompanied": "1" if self.accompanied else ""}),
            "protection": ("measure", {"measure": self.measure}),
            "representative": ("representative", {"position": str(self.representative)}),
            "representative_name": (
                "representative_name",
                {"family_name": family, "given_name": given, "birth_date": born},
            ),
            "quality": ("quality", {"quality": self.quality or quality}),
            "aim": ("aim", {"aim": self.aim}),
            "notice": ("notice", {"end_reached": "1"}),
            "minor_notice": ("notice", {"end_reached": "1"}),
            "contact": ("contact", contact) if any(contact.values()) else ("no_contact", {}),
            "proof": ("code_later", {}),
            "alerts": ("alerts", {"alerts": self.alerts}),
            "own_contact": ("own_contact", {"email": "", "mobile": ""}),
            "other_parent": ("other_parent", {"family_name": "", "given_name": ""}),
            "slip_offer": ("slip", {"wanted": "yes" if self.slip else "no"}),
            "summary": ("agree", {}),
            "confirm": ("confirm", {"pin": self.confirming_pin}),
            "take_card": ("start_again", {}),
        }
        return touches.get(step) or ("answer", {"accepted": "yes" if self.says(step) else "no"})
