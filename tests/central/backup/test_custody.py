from __future__ import annotations

from pathlib import Path

import pytest

from central.backup.custody import make_identity, read_identities, read_recipients
from central.backup.errors import CustodyError, TargetError


def test_a_new_identity_is_its_users_alone_and_opens_what_its_public_half_seals(tmp_path: Path) -> None:
    public = make_identity(tmp_path / "identity")
    (identity,) = read_identities(tmp_path / "identity")
    assert str(identity.to_public()) == public
    assert (tmp_path / "identity").stat().st_mode & 0o777 == 0o600


def test_an_identity_is_never_written_over(tmp_path: Path) -> None:
    make_identity(tmp_path / "identity")
    before = (tmp_path / "identity").read_bytes()
    with pytest.raises(TargetError):
        make_identity(tmp_path / "identity")
    assert (tmp_path / "identity").read_bytes() == before


def test_several_custodians_may_each_open(tmp_path: Path) -> None:
    names = [make_identity(tmp_path / name) for name in ("first", "second")]
    (tmp_path / "recipients").write_text("# two safes\n" + "\n".join(names) + "\n\n")
    assert [str(one) for one in read_recipients(tmp_path / "recipients")] == names


@pytest.mark.parametrize("content", ["", "# none\n", "age1nobody\n", "rubbish\n", "\xff"])
def test_a_file_that_names_nobody_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "recipients").write_bytes(content.encode("latin-1"))
    with pytest.raises(CustodyError) as caught:
        read_recipients(tmp_path / "recipients")
    assert caught.value.code == "recipient"


def test_no_message_repeats_a_key_that_was_mistyped(tmp_path: Path) -> None:
    make_identity(tmp_path / "identity")
    secret = (tmp_path / "identity").read_text().splitlines()[1]
    (tmp_path / "mistyped").write_text(secret[:-1] + "q")
    with pytest.raises(CustodyError) as caught:
        read_identities(tmp_path / "mistyped")
    assert caught.value.code == "identity"
    assert "AGE-SECRET" not in str(caught.value)
    assert caught.value.__cause__ is None
