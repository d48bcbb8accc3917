from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from wire.configuration import (
    Configuration,
    ConfigurationQuery,
    open_configuration,
    open_configuration_query,
    write_configuration,
    write_configuration_query,
)
from wire.errors import SignatureError, TrustError
from wire.identifiers import TerminalId
from wire.records import Channel, SubChannel


def configuration() -> Configuration:
    return Configuration(
        terminal="TERM-TEST-1",
        office="OFFICE-1",
        office_name="Pharmacie du Test",
        office_lines=("1 rue des Édelweiss",),
        channel=Channel.PHARMACY,
        sub_channel=SubChannel.COUNTER,
        operators=(),
        activation_url="https://activation.example/activation",
        ins_oid="1.2.250.1.213.1.4.10",
        issued_ms=1,
    )


def test_a_terminal_takes_only_its_own_configuration() -> None:
    central = Ed25519PrivateKey.generate()
    document = write_configuration(configuration(), central)
    assert open_configuration(document, central.public_key(), terminal=TerminalId("TERM-TEST-1")) == configuration()
    with pytest.raises(TrustError) as caught:
        open_configuration(document, central.public_key(), terminal=TerminalId("TERM-TEST-2"))
    assert caught.value.code == "configuration_other"


def test_a_configuration_that_central_did_not_sign_is_refused() -> None:
    document = write_configuration(configuration(), Ed25519PrivateKey.generate())
    with pytest.raises(SignatureError):
        open_configuration(document, Ed25519PrivateKey.generate().public_key(), terminal=TerminalId("TERM-TEST-1"))


def test_only_the_terminal_itself_can_ask_for_it() -> None:
    device = Ed25519PrivateKey.generate()
    query = write_configuration_query(ConfigurationQuery(terminal="TERM-TEST-1", asked_ms=1), device)
    assert open_configuration_query(query, device.public_key()).terminal == "TERM-TEST-1"
    with pytest.raises(SignatureError):
        open_configuration_query(query, Ed25519PrivateKey.generate().public_key())
