from __future__ import annotations

import pytest

from kiosk.printer.errors import LayoutError
from kiosk.printer.qr_size import module_size


@pytest.mark.parametrize(
    ("length", "dots", "size"), [(20, 576, 8), (63, 576, 8), (300, 576, 7), (1000, 576, 4), (63, 384, 8), (150, 384, 6)]
)
def test_a_longer_code_or_narrower_paper_gets_smaller_modules_so_that_it_fits(
    length: int, dots: int, size: int
) -> None:
    assert module_size(length, dots) == size


@pytest.mark.parametrize(("length", "dots"), [(3000, 576), (1100, 384)])
def test_a_code_that_phones_could_not_read_is_refused(length: int, dots: int) -> None:
    with pytest.raises(LayoutError, match="too long"):
        module_size(length, dots)
