"""The file for the bank: what stands in it, that the format takes it, and that its total is signed."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import UTC, date, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from central.errors import SetupError
from central.payments.accounts import BankAccount, read_account
from central.payments.bank_file import BankFormat, BankOrder, Transfer, bank_file
from central.payments.total import PaymentTotal, check_total, write_total
from tests.central.money_rig import ACCOUNT, PAYER
from wire.errors import SignatureError
from wire.records import sha256

TRANSFERS = [
    Transfer("2018-11-1-1", ACCOUNT, 300, "Ouverture de DMP, releve 2018-11, PHARMACIE-1"),
    Transfer("2018-11-1-2", ACCOUNT, 12_345_67, "Ouverture de DMP, releve 2018-11, PHARMACIE-2"),
]


def an_order(transfers: list[Transfer] = TRANSFERS) -> BankOrder:
    made = datetime(2018, 12, 5, 9, 0, tzinfo=UTC)
    return BankOrder("DMP-2018-11-1", made, date(2018, 12, 10), PAYER, transfers)


def texts(file: bytes, name: str) -> list[str | None]:
    return [found.text for found in ET.fromstring(file).iter() if found.tag.endswith(f"}}{name}")]


@pytest.mark.parametrize("version", BankFormat)
def test_every_transfer_and_the_sums_stand_in_it(version: BankFormat) -> None:
    file = bank_file(an_order(), version)
    assert version.value.encode() in file[:300]
    assert texts(file, "InstdAmt") == ["3.00", "12345.67"]
    assert texts(file, "CtrlSum") == ["12348.67", "12348.67"]
    assert texts(file, "NbOfTxs") == ["2", "2"]
    assert texts(file, "EndToEndId") == ["2018-11-1-1", "2018-11-1-2"]
    assert texts(file, "MsgId") + texts(file, "PmtInfId") == ["DMP-2018-11-1"] * 2


def test_the_same_order_makes_the_same_bytes() -> None:
    assert bank_file(an_order(), BankFormat.V9) == bank_file(an_order(), BankFormat.V9)


def test_letters_that_banks_do_not_take_are_written_in_plain_ones() -> None:
    odd = [Transfer("1", BankAccount("Pharmacie de l’Œuf & fils", ACCOUNT.iban), 100, "Relevé d’août")]  # noqa: RUF001
    file = bank_file(an_order(odd), BankFormat.V9)
    assert "Pharmacie de l'OEuf & fils" in [name for name in texts(file, "Nm") if name]


def test_what_the_format_refuses_is_said_without_what_stood_there() -> None:
    bad = [Transfer("1", BankAccount("X", "NOT-AN-IBAN"), 100, "text")]
    with pytest.raises(SetupError) as refused:
        bank_file(an_order(bad), BankFormat.V9)
    assert refused.value.code == "bank_file"
    assert "NOT-AN-IBAN" not in str(refused.value)


@pytest.mark.parametrize(
    ("holder", "iban", "bic"),
    [
        ("X", "FR1420041010050500013M02607", None),  # one digit is another
        ("X", "FR14 2004", None),
        ("X", "", None),
        ("", ACCOUNT.iban, None),
        ("x" * 71, ACCOUNT.iban, None),
        ("X\nY", ACCOUNT.iban, None),
        ("X", ACCOUNT.iban, "NOBIC"),
    ],
)
def test_an_account_that_is_none_is_refused_and_not_repeated(holder: str, iban: str, bic: str | None) -> None:
    with pytest.raises(SetupError) as refused:
        read_account(holder, iban, bic)
    assert refused.value.code == "bank_account"
    assert not iban or iban not in str(refused.value)


def test_an_account_shows_nothing_of_itself() -> None:
    assert repr(ACCOUNT) == "BankAccount(…)"


def a_total(file: bytes) -> PaymentTotal:
    return PaymentTotal(
        payment_id="2018-11-1",
        month="2018-11",
        execution_on="2018-12-10",
        transfers=2,
        cents=1_234_867,
        file_sha256=sha256(file),
        made_ms=0,
    )


def test_a_total_is_of_its_file_and_of_no_other() -> None:
    key, file = Ed25519PrivateKey.generate(), bank_file(an_order(), BankFormat.V9)
    document = write_total(a_total(file), key)
    assert check_total(document, file, key.public_key()).cents == 1_234_867
    with pytest.raises(SetupError) as refused:
        check_total(document, file.replace(b"3.00", b"9.00"), key.public_key())
    assert refused.value.code == "total_other"


def test_a_total_of_another_key_is_none() -> None:
    file = b"x"
    document = write_total(a_total(file), Ed25519PrivateKey.generate())
    with pytest.raises(SignatureError):
        check_total(document, file, Ed25519PrivateKey.generate().public_key())
