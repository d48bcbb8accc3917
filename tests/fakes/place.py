"""A ``Whereabouts`` that stands where the test put it; ``reason`` takes it out of service."""

from __future__ import annotations

from kiosk.enrolment.errors import NotReadyError
from kiosk.enrolment.place import TerminalPlace, Whereabouts
from tests.fakes.programme import PRESENT, Programme
from wire.identifiers import TerminalId, office_id, terminal_id
from wire.nir import InsAuthority
from wire.records import Channel, SubChannel
from wire.trust import open_bundle

ACTIVATION_URL = "http://127.0.0.1:8102/activation"


def hall(programme: Programme, **changes: object) -> TerminalPlace:
    fields: dict[str, object] = {
        "terminal": terminal_id("T-HALL-01"),
        "office": office_id("CPAM-031-01"),
        "office_name": "CPAM de démonstration",
        "office_lines": ("1 rue de l’Essai", "31000 TOULOUSE"),  # noqa: RUF001 - French
        "channel": Channel.DESK,
        "sub_channel": SubChannel.HALL_TERMINAL,
        "activation_url": ACTIVATION_URL,
        "ins_authority": InsAuthority.NIR_TEST,
        "finess": None,
        "help_line": "36 46",
        "trust": open_bundle(programme.bundle(), programme.root.public_key(), now=PRESENT),
    }
    return TerminalPlace(**{**fields, **changes})  # type: ignore[arg-type]


def counter(programme: Programme) -> TerminalPlace:
    return hall(
        programme,
        terminal=terminal_id("T-PHARMA-01"),
        office=office_id("PHARMA-031-07"),
        office_name="Pharmacie de démonstration",
        channel=Channel.PHARMACY,
        sub_channel=SubChannel.COUNTER,
    )


class FakeWhereabouts(Whereabouts):
    def __init__(self, place: TerminalPlace) -> None:
        self.place = place
        self.reason: str | None = None

    @property
    def terminal(self) -> TerminalId:
        return self.place.terminal

    def sub_channel(self) -> SubChannel | None:
        return self.place.sub_channel

    def current(self) -> TerminalPlace:
        if self.reason is not None:
            raise NotReadyError("the terminal may not enrol", code=self.reason)
        return self.place
