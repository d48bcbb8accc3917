"""The list of a mailing is checked whole before anything of it is kept, and no complaint repeats what stands there."""

from __future__ import annotations

from datetime import date

import pytest

from central.automatic.letters import COLUMNS, read_letters
from central.errors import SetupError
from tests.fakes.terminal import fictitious_nir
from wire.nir import InsAuthority

TODAY = date(2018, 12, 1)
FIELDS = (fictitious_nir(1).compact, InsAuthority.NIR_TEST.value, "SPÉCIMEN", "LÉA", "19904215", "2018-11-10")


def read(*rows: tuple[str, ...], header: str = ";".join(COLUMNS)) -> int:
    return len(read_letters([header, *(";".join(row) for row in rows)], InsAuthority.NIR_TEST, today=TODAY))


def with_field(name: str, value: str) -> tuple[str, ...]:
    return tuple(value if column == name else field for column, field in zip(COLUMNS, FIELDS, strict=True))


def test_a_good_list_is_read_lunar_dates_and_empty_lines_included() -> None:
    assert read(FIELDS, (), FIELDS) == 2


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("nir", "123456789012345"),
        ("nir", fictitious_nir(1).body),
        ("ins_oid", InsAuthority.NIR_PRODUCTION.value),
        ("family_name", ""),
        ("given_name", "L" * 81),
        ("birth_date", "15/03/1990"),
        ("informed_on", "2018-12-02"),
        ("informed_on", "10/11/2018"),
        ("informed_on", "20181110"),  # compared as text it would be due too early or too late
        ("informed_on", "2018-W45-6"),
        ("informed_on", "1918-11-11"),
    ],
)
def test_a_bad_field_is_named_by_line_and_never_repeated(column: str, value: str) -> None:
    with pytest.raises(SetupError) as refused:
        read(FIELDS, with_field(column, value))
    assert (refused.value.code, str(refused.value).startswith("line 3: ")) == ("letters_form", True)
    assert not value or value not in str(refused.value)


def test_a_line_with_a_field_too_few_is_refused() -> None:
    with pytest.raises(SetupError):
        read(FIELDS[:-1])


def test_columns_in_another_order_are_refused() -> None:
    with pytest.raises(SetupError):
        read(header=";".join(reversed(COLUMNS)))


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(SetupError):
        read_letters([], InsAuthority.NIR_TEST, today=TODAY)
