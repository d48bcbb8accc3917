"""Who writes the other end from docs/wire.md finds every field in it."""

from __future__ import annotations

from tests.vectors import make_wire_fields


def test_the_page_names_every_field_and_every_word_that_crosses() -> None:
    page = make_wire_fields.PAGE.read_text(encoding="utf-8")
    assert page.endswith(make_wire_fields.section()), "python -m tests.vectors.make_wire_fields"
