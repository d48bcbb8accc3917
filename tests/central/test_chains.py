from __future__ import annotations

import pytest

from central.chains import FIRST_LINK, ChainName, Content, Head, extend, link, verify_entries

CONTENTS: list[Content] = [(number, f"entry {number}", bytes([number])) for number in range(1, 6)]


def chain(contents: list[Content]) -> list[tuple[Content, bytes]]:
    return list(zip(contents, extend(Head(0, FIRST_LINK), contents), strict=True))


def broken_at(entries: list[tuple[Content, bytes]], head: Head | None = None) -> int | None:
    whole = chain(CONTENTS)
    end = head or Head(len(whole), whole[-1][1])
    return verify_entries(ChainName.AUDIT, 0, entries, end).broken_at


def test_an_untouched_chain_is_whole() -> None:
    assert broken_at(chain(CONTENTS)) is None


def test_an_empty_chain_is_whole() -> None:
    assert broken_at([], Head(0, FIRST_LINK)) is None


def test_a_changed_entry_shows_where() -> None:
    entries = chain(CONTENTS)
    entries[2] = ((3, "entry 3, improved", b"\x03"), entries[2][1])
    assert broken_at(entries) == 3


def test_an_entry_changed_with_its_own_hash_shows_at_the_next() -> None:
    entries = chain(CONTENTS)
    improved: Content = (3, "entry 3, improved", b"\x03")
    entries[2] = (improved, link(entries[1][1], improved))
    assert broken_at(entries) == 4


def test_a_removed_entry_shows() -> None:
    entries = chain(CONTENTS)
    del entries[1]
    assert broken_at(entries) == 2


def test_two_exchanged_entries_show() -> None:
    entries = chain(CONTENTS)
    entries[1], entries[2] = entries[2], entries[1]
    assert broken_at(entries) == 2


def test_a_tail_cut_off_shows() -> None:
    assert broken_at(chain(CONTENTS)[:-1]) == 5


def test_entries_beyond_the_head_show() -> None:
    more: list[Content] = [*CONTENTS, (6, "entry 6", b"")]
    assert broken_at(chain(more)) == 7


@pytest.mark.parametrize("other", [(1, "ab", b"c"), (1, "a", b"bc"), (1, None, b"abc")])
def test_no_two_contents_share_a_hash_by_running_together(other: Content) -> None:
    assert link(FIRST_LINK, (1, "abc", b"")) != link(FIRST_LINK, other)
