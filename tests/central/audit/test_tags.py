from __future__ import annotations

import pytest

from central.audit.models import audit_entries
from central.audit.tags import GRAMMAR, AuditTag


@pytest.mark.parametrize("tag", list(AuditTag), ids=lambda tag: tag.value)
def test_every_tag_is_object_and_what_became_of_it(tag: AuditTag) -> None:
    assert GRAMMAR.fullmatch(tag.value)
    assert len(tag.value) <= audit_entries.c.tag.type.length  # type: ignore[attr-defined]
    assert tag.name.lower().replace("_", "") == tag.value.replace(":", "").replace("_", "")
