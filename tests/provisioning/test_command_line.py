from __future__ import annotations

from pathlib import Path

import pytest

from provisioning.__main__ import main
from wire import homes
from wire.registration import Ticket


@pytest.fixture
def folders(tmp_path: Path) -> list[str]:
    return [word for name in ("root", "central", "vault") for word in (f"--{name}", str(tmp_path / name))]


def test_keys_are_made_renewed_rotated_and_inspected_from_the_command_line(
    folders: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["make-keys", *folders, "--days", "10"]) == 0
    assert main(["renew-bundle", *folders]) == 0
    assert main(["rotate", "--use", "answer", *folders]) == 0
    assert main(["inspect", "--home", str(tmp_path / "central")]) == 0
    assert "trust.bundle: serial 3" in capsys.readouterr().out


def test_a_refusal_is_one_line_with_its_code_and_exit_1(
    folders: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "vault").mkdir(mode=0o755)
    assert main(["make-keys", *folders]) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("mode: ")


def test_inspect_answers_1_when_something_needs_a_hand(folders: list[str], tmp_path: Path) -> None:
    main(["make-keys", *folders])
    (tmp_path / "central" / homes.INTAKE_KEY).chmod(0o644)
    assert main(["inspect", "--home", str(tmp_path / "central")]) == 1


def test_a_ticket_is_printed_as_qr_and_text(capsys: pytest.CaptureFixture[str]) -> None:
    text = Ticket("https://central.example", "TOKEN", bytes(32)).text()
    assert main(["ticket-sheet", "--ticket", text]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == text


def test_registering_with_a_ticket_towards_plain_http_elsewhere_makes_no_home(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = Ticket("http://192.0.2.7", "TOKEN", bytes(32)).text()
    assert main(["register", "--ticket", text, "--home", str(tmp_path / "terminal")]) == 1
    assert capsys.readouterr().err.startswith("address_insecure: ")
    assert not (tmp_path / "terminal").exists()


def test_a_bundle_for_no_day_at_all_is_refused(folders: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["make-keys", *folders, "--days", "0"])
    assert "at least one day" in capsys.readouterr().err
