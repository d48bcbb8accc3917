"""docs/screens.md has one line for each screen, and each line names a rule."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from kiosk.enrolment.steps import Step

LINE = re.compile(r"^\| `([a-z_0-9]+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
LINES = LINE.findall((Path(__file__).parents[1] / "docs" / "screens.md").read_text(encoding="utf-8"))


def test_every_screen_stands_in_the_table_once_and_nothing_else_does() -> None:
    assert Counter(step for step, *_ in LINES) == Counter(step.value for step in Step)


def test_every_screen_names_a_rule_or_says_that_it_is_ours() -> None:
    known = re.compile(r"EX_|REC_|EN 301 549|R\.1111|L\.1111|Civil Code|§|P12|J11|ours|feeding|explicit|freedom")
    assert [step for step, _, rule, _ in LINES if not known.search(rule)] == []
