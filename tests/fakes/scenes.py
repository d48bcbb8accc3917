"""Every screen of the terminal by name, and how a rig is brought to it: for pictures, accessibility and overflow tests.

``SCENES[kind][name]`` takes a fresh :class:`EnrolmentRig` of that kind and leaves it on the screen. Names are those of
the steps, with a word behind where a screen has several faces.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import partial

from kiosk.enrolment.course import Aim
from kiosk.enrolment.errors import CardFault
from kiosk.enrolment.ports import ReaderState
from kiosk.enrolment.steps import JourneyKind, Step
from tests.fakes.card_slot import card, person
from tests.fakes.enrolment_rig import EnrolmentRig
from tests.fakes.operators import AGENT_PIN, PHARMACIST_PIN, PREPARER_PIN
from tests.fakes.paper import READY, TORN
from wire.configuration import Regime
from wire.status import PersonStatus

Scene = Callable[[EnrolmentRig], None]

FAMILY = card(
    person("CAMILLE", "19850214"),
    person("LÉO", "20150830", position=1),
    person("JEANNE", "19600000", position=2),
    person("NOUR", "19930618", position=3, number=""),
)
CHILD = card(person("LÉO", "20150830"), person("CAMILLE", "19850214", position=1))
TEEN = card(person("INÈS", "20090502"), person("CAMILLE", "19850214", position=1))


def _insert(rig: EnrolmentRig, *, contents: object = None) -> None:
    if rig.step is Step.SIGN_IN:
        rig.go(Step.ATTRACT)
    rig.insert(contents)  # type: ignore[arg-type]


def _go(step: Step) -> Scene:
    return lambda rig: rig.go(step)


def _as(contents: object, step: Step) -> Scene:
    def scene(rig: EnrolmentRig) -> None:
        _insert(rig, contents=contents)
        rig.go(step)

    return scene


def _coming_back(status: PersonStatus, aim: Aim | None, step: Step) -> Scene:
    def scene(rig: EnrolmentRig) -> None:
        rig.desk.word = status
        rig.go(Step.AIM)
        if aim is not None:
            rig.session.choose_aim(rig.touch(), aim)
        rig.go(step)

    return scene


def _protected(step: Step) -> Scene:
    def scene(rig: EnrolmentRig) -> None:
        _insert(rig, contents=FAMILY)
        rig.session.choose_person(rig.touch(), 0, is_accompanied=True)
        rig.go(step)

    return scene


def _without_contact(rig: EnrolmentRig) -> None:
    rig.go(Step.SLIP_OFFER, contact=False)


def _wrong_contact(rig: EnrolmentRig) -> None:
    rig.go(Step.CONTACT)
    rig.session.reaching.give_contact(rig.touch(), "camille@exemple.fr", "05 61 00 00 00")


def _reading(rig: EnrolmentRig) -> None:
    rig.go(Step.ATTRACT)
    rig.is_slow = True
    rig.insert(FAMILY)


def _status(rig: EnrolmentRig) -> None:
    _insert(rig, contents=FAMILY)
    rig.is_slow = True
    rig.session.choose_person(rig.touch(), 0)


def _sending_code(rig: EnrolmentRig) -> None:
    rig.go(Step.CONTACT)
    rig.is_slow = True
    rig.session.reaching.give_contact(rig.touch(), "camille@exemple.fr", "06 12 34 56 78")


def _saving(rig: EnrolmentRig) -> None:
    rig.go(Step.CONFIRM)
    rig.is_slow = True
    rig.session.attesting.confirm(rig.touch())


def _paper(rig: EnrolmentRig) -> None:
    rig.printer.coming = [READY, TORN]
    rig.go(Step.CONFIRM)
    rig.session.attesting.confirm(rig.touch())


def _last(rig: EnrolmentRig) -> None:
    rig.go(Step.CONFIRM)
    rig.session.attesting.confirm(rig.touch())


def _no_to(step: Step, rig: EnrolmentRig) -> None:
    rig.go(step)
    rig.session.answer(rig.touch(), accepted=False)


def _unchanged(rig: EnrolmentRig) -> None:
    _coming_back(PersonStatus.ACTIVE, Aim.CLOSURE, Step.CLOSE)(rig)
    rig.session.answer(rig.touch(), accepted=False)


def _take_card(rig: EnrolmentRig) -> None:
    _insert(rig, contents=FAMILY)
    rig.session.leave(rig.touch())


def _wrong_card(rig: EnrolmentRig) -> None:
    rig.go(Step.ATTRACT)
    rig.reader.insert(CardFault.WRONG_CARD_BANK)
    rig.session.tick()


def _no_reader(rig: EnrolmentRig) -> None:
    rig.go(Step.ATTRACT)
    rig.reader.pull(ReaderState.NO_READER)
    rig.session.tick()


def _closed(rig: EnrolmentRig) -> None:
    rig.whereabouts.reason = "revoked"
    rig.session.tick()


def _menu(rig: EnrolmentRig) -> None:
    rig.go(Step.ATTRACT)
    rig.session.choose_comfort("menu", "open")


def _still_there(rig: EnrolmentRig) -> None:
    rig.go(Step.CONSENT)
    rig.wait(50 * rig.session.screen().comfort.patience)


def _wrong_pin(rig: EnrolmentRig) -> None:
    rig.go(Step.IDENTITY)
    rig.session.attesting.attest(rig.touch(), pin="000000", method="passport", statement=True)


def _panel_pin(rig: EnrolmentRig) -> None:
    rig.go(Step.ATTRACT)
    rig.session.panel.ask(rig.touch())


def _panel(rig: EnrolmentRig) -> None:
    _panel_pin(rig)
    rig.session.panel.open(rig.touch(), AGENT_PIN if rig.kind is JourneyKind.HALL else PHARMACIST_PIN)


def _day(rig: EnrolmentRig) -> None:
    _last(rig)
    rig.session.day.open(rig.touch())


def _scanned(rig: EnrolmentRig) -> None:
    rig.go(Step.ATTRACT)
    rig.session.scanning.present(rig.touch(), "a code of an app")


def _oppose(rig: EnrolmentRig) -> None:
    place = rig.whereabouts.place
    rig.whereabouts.place = None if place is None else dataclasses.replace(place, regime=Regime.OPT_OUT)
    rig.session.tick()
    rig.go(Step.AIM)
    rig.session.choose_aim(rig.touch(), Aim.OPPOSITION)


def _prepared(rig: EnrolmentRig) -> None:
    rig.session.attesting.sign_in(rig.touch(), PREPARER_PIN)
    rig.go(Step.CONFIRM)


_BOTH: dict[str, Scene] = {
    "attract": _go(Step.ATTRACT),
    "comfort": _menu,
    "reading": _reading,
    "who": lambda rig: _insert(rig, contents=FAMILY),
    "status": _status,
    "aim-active": _coming_back(PersonStatus.ACTIVE, None, Step.AIM),
    "aim-closed": _coming_back(PersonStatus.CLOSED, None, Step.AIM),
    "notice": _go(Step.NOTICE),
    "consent": _go(Step.CONSENT),
    "break_glass": _go(Step.BREAK_GLASS),
    "centre_15": _go(Step.CENTRE_15),
    "contact": _go(Step.CONTACT),
    "contact-wrong": _wrong_contact,
    "proof": _go(Step.PROOF),
    "proof-sending": _sending_code,
    "slip_offer": _without_contact,
    "identity": _go(Step.IDENTITY),
    "confirm": _go(Step.CONFIRM),
    "printing": _saving,
    "paper": _paper,
    "refused": partial(_no_to, Step.CONSENT),
    "unchanged": _unchanged,
    "protection": _protected(Step.PROTECTION),
    "representative": _as(CHILD, Step.REPRESENTATIVE),
    "representative_name": _as(CHILD, Step.REPRESENTATIVE_NAME),
    "quality": _as(CHILD, Step.QUALITY),
    "declaration": _as(CHILD, Step.DECLARATION),
    "minor_notice": _as(CHILD, Step.MINOR_NOTICE),
    "heard": _as(CHILD, Step.HEARD),
    "own_will": _as(TEEN, Step.OWN_WILL),
    "own_contact": _as(TEEN, Step.OWN_CONTACT),
    "other_parent": _as(TEEN, Step.OTHER_PARENT),
    "identity-accompanied": _as(TEEN, Step.IDENTITY),
    "reactivate": _coming_back(PersonStatus.CLOSED, Aim.REACTIVATION, Step.REACTIVATE),
    "close": _coming_back(PersonStatus.ACTIVE, Aim.CLOSURE, Step.CLOSE),
    "delete": _coming_back(PersonStatus.ACTIVE, Aim.CLOSURE, Step.DELETE),
    "oppose": _oppose,
    "confirm-closure": _coming_back(PersonStatus.ACTIVE, Aim.CLOSURE, Step.CONFIRM),
    "still-there": _still_there,
    "stopped": _wrong_card,
    "no_reader": _no_reader,
    "take_card": _take_card,
    "out_of_service": _closed,
    "panel_pin": _panel_pin,
    "panel": _panel,
}
SCENES: dict[JourneyKind, dict[str, Scene]] = {
    JourneyKind.HALL: {
        **_BOTH,
        "alerts": _go(Step.ALERTS),
        "summary": _go(Step.SUMMARY),
        "summary-accompanied": _as(TEEN, Step.SUMMARY),
        "pin-wrong": _wrong_pin,
        "thanks": _last,
        "scanned": _scanned,
    },
    JourneyKind.COUNTER: {
        **_BOTH,
        "sign_in": lambda _rig: None,
        "consultation": _go(Step.CONSULTATION),
        "feeding": _go(Step.FEEDING),
        "confirm-prepared": _prepared,
        "done": _last,
        "day": _day,
    },
}
