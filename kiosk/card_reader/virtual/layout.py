"""What a virtual chip holds and how it answers: values only, the chip itself is ``engine``.

Source: vitale.md §2 (ways to a file that cards of different making know or do not know), §7 (logical channels).
"""

from __future__ import annotations

import enum
from dataclasses import dataclass


class SelectAnswer(enum.Enum):
    """How a chip hands over the file control information of a SELECT."""

    GET_RESPONSE = "get_response"  # 61xx, and the terminal fetches it: T=0
    DIRECT = "direct"  # with 9000, at once
    NONE = "none"  # 9000 and nothing to fetch


class PastEnd(enum.Enum):
    """How a chip answers a READ BINARY that asks for more than the file has left."""

    WRONG_LE = "wrong_le"  # 6Cxx, and the terminal asks again
    WARNING = "warning"  # what there is, with 6282
    SHORT = "short"  # what there is, with 9000


@dataclass(frozen=True, slots=True, repr=False)
class ElementaryFile:
    """A transparent file; ``is_protected`` refuses every read with 6982, ``declared_size`` is what its FCI claims."""

    fid: bytes
    content: bytes
    short_id: int | None = None
    is_protected: bool = False
    declared_size: int | None = None

    def __repr__(self) -> str:
        return f"ElementaryFile({self.fid.hex()}, {len(self.content)} bytes)"


@dataclass(frozen=True, slots=True)
class Application:
    """A directory with a name, and perhaps a file id; ``by_name_only`` hides it from every way but its name."""

    aid: bytes
    fid: bytes | None
    files: tuple[ElementaryFile, ...]
    by_name_only: bool = False


@dataclass(frozen=True, slots=True)
class VirtualLayout:
    """What a chip holds and which ways to it it knows; a card of the field may lack any of them."""

    applications: tuple[Application, ...] = ()
    speaks_iso: bool = True  # a Vitale 1 does not know class 00
    knows_file_ids_of_directories: bool = True  # SELECT 3F00
    knows_short_ids: bool = True  # READ BINARY with the top bit of P1
    select_answer: SelectAnswer = SelectAnswer.GET_RESPONSE
    past_end: PastEnd = PastEnd.WRONG_LE
    channels: int = 0  # logical channels that MANAGE CHANNEL can open beside the basic one, 0 to 3
