"""Central or the vault is down, slow, or answers rubbish: nothing is lost, and all flows on when they are back."""

from __future__ import annotations

import itertools

import pytest
from addresses import Addresses

from tests.town.impostor import Manner, impostor
from tests.town.recount import recount
from tests.town.town import PHARMACY, Town
from tests.town.visitor import Wishes
from tests.waiting import wait_for

pytestmark = pytest.mark.processes
_crowd = itertools.count(600)
WISHES = Wishes(email="canari@exemple.fr")


@pytest.mark.parametrize("manner", Manner, ids=lambda manner: manner.value)
def test_a_central_that_misbehaves_gets_no_record_forgotten(whole_town: Town, manner: Manner) -> None:
    town = whole_town
    town.central.stop()
    with impostor(int(Addresses.port(town.central.address)), manner) as asked:
        assert town.visit(PHARMACY).enrol(f"crowd-{next(_crowd)}", WISHES) == "done"
        wait_for("the terminal has tried", lambda: "/v1/batches" in asked, 40)
        assert town.at_terminal(PHARMACY, "SELECT count(*) FROM records WHERE state = 'waiting'") != [(0,)]
        assert town.at_terminal(PHARMACY, "SELECT count(*) FROM records WHERE state = 'rejected'") == [(0,)]
    town.pharmacy.start()  # its patience begins anew
    town.start()
    recount(town)


@pytest.mark.parametrize("manner", Manner, ids=lambda manner: manner.value)
def test_a_vault_that_misbehaves_gets_nothing_out_of_centrals_outbox(whole_town: Town, manner: Manner) -> None:
    town = whole_town
    town.vault.stop()
    with impostor(int(Addresses.port(town.vault.address)), manner) as asked:
        assert town.visit(PHARMACY).enrol(f"crowd-{next(_crowd)}", WISHES) == "done"
        wait_for("central has tried", lambda: "/v1/hand-over" in asked, 40)
        wait_for("the record is at central", lambda: town.at_central("SELECT 1 FROM outbox"), 40)
        assert town.at_central("SELECT state FROM outbox") == [("waiting",)]
    town.central.start()  # its patience begins anew
    town.start()
    recount(town)


def test_a_trust_bundle_that_the_root_did_not_sign_is_refused_everywhere(whole_town: Town) -> None:
    town = whole_town
    town.stop()
    folder = town.folder
    from provisioning.__main__ import main as provision  # noqa: PLC0415 - another programme altogether

    other = folder / "other"
    homes = [word for name in ("root", "central", "vault") for word in (f"--{name}", str(other / name))]
    assert provision(["make-keys", *homes]) == 0
    foreign = (other / "central" / "trust.bundle").read_bytes()
    for actor, home in ((town.central, "central"), (town.vault, "vault"), (town.pharmacy, PHARMACY.folder)):
        bundle = folder / home / "trust.bundle"
        kept = bundle.read_bytes()
        bundle.write_bytes(foreign)
        if home == PHARMACY.folder:
            actor.start()
            assert town.visit(PHARMACY).wait_for("out_of_service") == "out_of_service"
            assert "trust_root" in town.visit(PHARMACY).page()
        else:
            with pytest.raises(RuntimeError, match="root"):
                actor.start()
        actor.stop()
        bundle.write_bytes(kept)
    town.start()
    assert town.visit(PHARMACY).enrol(f"crowd-{next(_crowd)}", WISHES) == "done"
    recount(town)
