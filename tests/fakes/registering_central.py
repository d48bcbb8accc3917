"""Central as a new terminal sees it, in memory: implements the port of provisioning with wire's own functions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from provisioning.central_link import CentralLink
from provisioning.errors import CentralRefusedError
from wire.canonical import encode
from wire.configuration import Configuration, write_configuration
from wire.errors import WireError
from wire.identifiers import milliseconds
from wire.records import Channel, SubChannel
from wire.registration import RegistrationAnswer, open_request, token_hash

TEST_OID = "1.2.250.1.213.1.4.10"


@dataclass
class Place:
    """A place in the fleet that waits for its terminal."""

    terminal: str
    expires: datetime
    device_public: bytes | None = None


@dataclass
class RegisteringCentral(CentralLink):
    """Tickets are single-use per device key: the same key may ask again, another may not."""

    bundle: bytes
    answer_key: Ed25519PrivateKey
    clock: Callable[[], datetime]
    places: dict[bytes, Place] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def trust_bundle(self) -> bytes:
        self.asked.append("trust")
        return self.bundle

    def register(self, request: bytes) -> bytes:
        self.asked.append("register")
        try:
            opened = open_request(request)
        except WireError as error:
            raise CentralRefusedError("this is no request", code="refused") from error
        place = self.places.get(token_hash(opened.token))
        if place is None:
            raise CentralRefusedError("this ticket is not known", code="token_unknown")
        if place.device_public is None and self.clock() >= place.expires:
            raise CentralRefusedError("this ticket has expired", code="token_expired")
        if place.device_public not in {None, opened.device_public}:
            raise CentralRefusedError("this ticket was used", code="token_used")
        place.device_public = opened.device_public
        return encode(
            RegistrationAnswer(
                terminal=place.terminal, bundle=self.bundle, configuration=self.configuration(place.terminal)
            )
        )

    def configuration(self, terminal: str) -> bytes:
        return write_configuration(
            Configuration(
                terminal=terminal,
                office="HALL-75-01",
                office_name="CPAM fictive",
                office_lines=("1 rue de l'Essai", "75000 Paris"),
                channel=Channel.DESK,
                sub_channel=SubChannel.HALL_TERMINAL,
                operators=(),
                activation_url="http://127.0.0.1:8200/activation",
                ins_oid=TEST_OID,
                issued_ms=milliseconds(self.clock()),
            ),
            self.answer_key,
        )
