"""Documents: verified before they are written, written before they are used, never older than those held."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from kiosk.enrolment.errors import NotReadyError
from kiosk.sync.link import Fetched
from tests.fakes.central_simulator import CentralSimulator
from tests.fakes.programme import PRESENT, TEST_OID, Programme
from tests.fakes.terminal_rig import TerminalRig
from wire.homes import CONFIGURATION, TRUST_BUNDLE
from wire.identifiers import TerminalId, milliseconds
from wire.nir import InsAuthority
from wire.records import SubChannel


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(NotReadyError) as refused:
        call()
    return refused.value.code


def bundle(document: bytes) -> Fetched:
    return Fetched(document, '"x"')


def test_a_registered_terminal_knows_its_place(rig: TerminalRig) -> None:
    place = rig.whereabouts.current()
    assert (place.office, place.ins_authority) == ("CPAM-031-01", InsAuthority(TEST_OID))


def test_a_revoked_terminal_still_knows_whether_it_stands_in_a_hall_or_at_a_counter(rig: TerminalRig) -> None:
    rig.whereabouts.revoke()
    rig.reopen()
    assert rig.whereabouts.sub_channel() is SubChannel.HALL_TERMINAL


def test_without_documents_nobody_can_tell_where_it_stands(rig: TerminalRig) -> None:
    (rig.home / CONFIGURATION).unlink()
    rig.reopen()
    assert rig.whereabouts.sub_channel() is None


def test_without_documents_it_is_not_registered(rig: TerminalRig) -> None:
    (rig.home / TRUST_BUNDLE).unlink()
    assert code_of(rig.whereabouts.current) == "not_registered"


def test_a_bundle_of_another_root_is_refused_and_the_held_one_stays(rig: TerminalRig) -> None:
    held = (rig.home / TRUST_BUNDLE).read_bytes()
    assert code_of(lambda: rig.whereabouts.accept_trust(bundle(Programme().bundle(serial=9)))) == "trust_root"
    assert (rig.home / TRUST_BUNDLE).read_bytes() == held
    rig.whereabouts.current()


def test_an_older_bundle_is_refused_even_when_it_is_put_on_the_disk(rig: TerminalRig, programme: Programme) -> None:
    rig.whereabouts.accept_trust(bundle(programme.bundle(serial=5)))
    assert code_of(lambda: rig.whereabouts.accept_trust(bundle(programme.bundle(serial=4)))) == "trust_rollback"
    (rig.home / TRUST_BUNDLE).write_bytes(programme.bundle(serial=4))
    rig.reopen()
    assert code_of(rig.whereabouts.current) == "trust_rollback"


@pytest.mark.parametrize("restarts", [0, 1])
def test_a_bundle_older_than_the_one_of_the_registration_is_refused(
    rig: TerminalRig, programme: Programme, restarts: int
) -> None:
    """A key that was replaced because it was stolen must not come back on a terminal that never fetched a bundle."""
    (rig.home / TRUST_BUNDLE).write_bytes(programme.bundle(serial=5))
    for _ in range(restarts):
        rig.whereabouts.current()
        (rig.home / TRUST_BUNDLE).write_bytes(programme.bundle(serial=4))
        rig.reopen()
    stolen = bundle(programme.with_new_answer_key().bundle(serial=4))
    assert code_of(lambda: rig.whereabouts.accept_trust(stolen)) == "trust_rollback"


def test_an_expired_bundle_stops_enrolments_until_a_new_one_comes(rig: TerminalRig, programme: Programme) -> None:
    rig.whereabouts.current()
    rig.clock.at += timedelta(days=366)
    assert code_of(rig.whereabouts.current) == "trust_validity"
    rig.whereabouts.accept_trust(bundle(programme.bundle(serial=2, start=rig.clock.now())))
    rig.whereabouts.current()


def test_a_clock_set_back_does_not_revive_an_expired_bundle(rig: TerminalRig) -> None:
    rig.server_time.learn(milliseconds(PRESENT + timedelta(days=366)))
    assert rig.clock.now() == PRESENT
    assert code_of(rig.whereabouts.current) == "trust_validity"
    rig.reopen()
    assert code_of(rig.whereabouts.current) == "trust_validity"


def test_a_clock_that_starts_in_1970_is_overruled_by_the_signed_time(rig: TerminalRig) -> None:
    rig.server_time.learn(milliseconds(PRESENT))
    rig.clock.at = PRESENT.replace(year=1970)
    rig.reopen()
    rig.whereabouts.current()


def test_a_configuration_of_another_terminal_is_refused(rig: TerminalRig, programme: Programme) -> None:
    other = bundle(programme.configuration(terminal=TerminalId("T-OTHER")))
    assert code_of(lambda: rig.whereabouts.accept_configuration(other)) == "configuration_other"


def test_a_configuration_signed_by_another_is_refused(rig: TerminalRig, programme: Programme) -> None:
    forged = bundle(programme.with_new_answer_key().configuration(version=9))
    assert code_of(lambda: rig.whereabouts.accept_configuration(forged)) == "signature"


@pytest.mark.parametrize(
    "older", [{"version": 2}, {"version": 3, "issued_ms": milliseconds(PRESENT) - 1}], ids=["version", "time"]
)
def test_an_older_configuration_is_refused(older: dict[str, object], rig: TerminalRig, programme: Programme) -> None:
    rig.whereabouts.accept_configuration(bundle(programme.configuration(version=3)))
    again = bundle(programme.configuration(**older))  # type: ignore[arg-type]
    assert code_of(lambda: rig.whereabouts.accept_configuration(again)) == "configuration_rollback"


@pytest.mark.parametrize("unusable", [{"office": "lower case"}, {"ins_oid": "1.2.3"}])
def test_a_configuration_that_cannot_be_used_does_not_replace_one_that_can(
    unusable: dict[str, object], rig: TerminalRig, programme: Programme
) -> None:
    held = (rig.home / CONFIGURATION).read_bytes()
    fetched = bundle(programme.configuration(version=9, **unusable))  # type: ignore[arg-type]
    assert code_of(lambda: rig.whereabouts.accept_configuration(fetched)) == "configuration"
    assert (rig.home / CONFIGURATION).read_bytes() == held


def test_a_new_configuration_is_used_at_once_and_after_a_restart(rig: TerminalRig, programme: Programme) -> None:
    rig.whereabouts.accept_configuration(bundle(programme.configuration(version=2, office="CPAM-075-02")))
    assert rig.whereabouts.current().office == "CPAM-075-02"
    rig.reopen()
    assert rig.whereabouts.current().office == "CPAM-075-02"


def test_documents_are_written_whole_and_for_their_user_only(rig: TerminalRig, programme: Programme) -> None:
    rig.whereabouts.accept_configuration(bundle(programme.configuration(version=2)))
    written = rig.home / CONFIGURATION
    assert written.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in rig.home.iterdir() if path.name.startswith(f".{CONFIGURATION}")] == []


def test_a_revoked_terminal_enrols_nobody_until_a_signed_configuration_comes_again(
    rig: TerminalRig, central: CentralSimulator
) -> None:
    rig.run()
    central.revoked = True
    rig.clock.forward(3600)
    rig.run()
    assert code_of(rig.whereabouts.current) == "revoked"
    rig.reopen()
    assert code_of(rig.whereabouts.current) == "revoked"
    central.revoked = False
    rig.clock.forward(3600)
    rig.run()
    rig.whereabouts.current()


def test_an_unsigned_unchanged_does_not_lift_a_revocation(
    rig: TerminalRig, central: CentralSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig.run()
    rig.whereabouts.revoke()
    monkeypatch.setattr(central, "configuration", lambda _query: None)
    rig.clock.forward(3600)
    rig.run()
    assert code_of(rig.whereabouts.current) == "revoked"


def test_unchanged_documents_are_not_sent_again(rig: TerminalRig, central: CentralSimulator) -> None:
    rig.run()
    held = rig.whereabouts.configuration_etag(), rig.whereabouts.trust_etag()
    assert held == (central.configuration_etag, central.bundle_etag)


def test_rubbish_from_central_changes_nothing_that_is_held(rig: TerminalRig, central: CentralSimulator) -> None:
    rig.whereabouts.current()
    central.bundle = central.configuration_document = b"<html>"
    rig.run()
    rig.whereabouts.current()
    rig.reopen()
    rig.whereabouts.current()


def test_a_revocation_is_noticed_within_a_minute(rig: TerminalRig, central: CentralSimulator) -> None:
    rig.run()
    central.revoked = True
    rig.clock.forward(60)
    rig.run()
    assert code_of(rig.whereabouts.current) == "revoked"


def test_the_bundle_is_asked_for_less_often_than_the_configuration(rig: TerminalRig, central: CentralSimulator) -> None:
    asked: list[str] = []
    trust, configuration = central.trust, central.configuration
    central.trust = lambda etag: (asked.append("trust"), trust(etag))[1]  # type: ignore[method-assign]
    central.configuration = lambda query: (asked.append("configuration"), configuration(query))[1]  # type: ignore[method-assign]
    for _ in range(15):
        rig.run()
        rig.clock.forward(60)
    assert (asked.count("trust"), asked.count("configuration")) == (1, 15)


def test_a_bundle_that_cannot_be_taken_over_does_not_hide_a_revocation(
    rig: TerminalRig, central: CentralSimulator
) -> None:
    rig.run()
    central.bundle, central.bundle_etag = b"rubbish", '"b9"'
    central.revoked = True
    rig.clock.forward(3600)
    rig.run()
    assert code_of(rig.whereabouts.current) == "revoked"
