"""What a slip says, not how it looks: lines with a role, and at most one QR code."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class SlipKind(enum.Enum):
    """A is the acknowledgement, B bears the activation code; the others belong to no record and leave no trace."""

    ACKNOWLEDGEMENT = "A"
    ACTIVATION = "B"
    LEAFLET = "L"  # for the minor, on their secret (dmp.md §16 M8)
    REFUSAL = "R"  # how to change one's mind after a "no"
    TRIAL = "T"  # of the agent's panel: does the printer print


OF_A_RECORD = frozenset({SlipKind.ACKNOWLEDGEMENT, SlipKind.ACTIVATION})
"""Slips whose fate is noted and told to central."""


class LineRole(enum.Enum):
    """How a line counts; the layout gives each role its size, weight and alignment."""

    TITLE = "title"  # centred, double size
    HEADING = "heading"  # bold, before a block
    TEXT = "text"  # running text, wrapped at words
    FIELD = "field"  # "label: value", the label at the left, the value wrapped under it
    CODE = "code"  # centred, double size, never wrapped: locator and code groups
    SMALL = "small"  # condensed: legal lines
    RULE = "rule"  # a line across the paper
    BLANK = "blank"
    RULER = "ruler"  # the printer's model after "label:", then the numbers of its columns from the first to the last


@dataclass(frozen=True, slots=True, repr=False)
class SlipLine:
    """One line: ``label`` only for FIELD and RULER. ``repr`` is silent: a line may hold a name or a code."""

    role: LineRole
    text: str = ""
    label: str = ""

    def __repr__(self) -> str:
        return f"SlipLine({self.role.value})"


@dataclass(frozen=True, slots=True, repr=False)
class Slip:
    """One piece of paper. ``qr`` is printed after the lines that precede ``qr_after`` (an index), centred."""

    kind: SlipKind
    copy_number: int
    lines: tuple[SlipLine, ...]
    qr: str | None = None
    qr_after: int | None = None

    def __repr__(self) -> str:
        return f"Slip({self.kind.value}, copy {self.copy_number}, {len(self.lines)} lines)"
