"""Types that many threads meet for the first time at once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from wire.decoders import convert, json_decoder, msgpack_decoder

_ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("by", ["msgpack", "json", "convert"])
def test_threads_that_meet_a_type_at_once_do_not_end_the_process(by: str) -> None:
    """In a process of its own: without the lock it is killed by signal 11, in the first of some hundred meetings."""
    command = [sys.executable, "-m", "tests.wire.first_meeting", by, "300"]
    crowd = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False)
    assert (crowd.returncode, crowd.stdout) == (0, "300 meetings\n"), crowd.stderr


class Leaf(msgspec.Struct):
    number: int


def test_a_decoder_is_made_once() -> None:
    assert json_decoder(Leaf) is json_decoder(Leaf)
    assert msgpack_decoder(Leaf) is msgpack_decoder(Leaf)


def test_a_value_of_the_wrong_form_is_refused_by_each_way() -> None:
    with pytest.raises(msgspec.ValidationError):
        convert({"number": "one"}, Leaf)
    with pytest.raises(msgspec.ValidationError):
        json_decoder(Leaf).decode(b'{"number": "one"}')
    with pytest.raises(msgspec.ValidationError):
        msgpack_decoder(Leaf).decode(msgspec.msgpack.encode({"number": "one"}))


def test_a_type_may_be_a_union_or_a_collection() -> None:
    assert convert([{"number": 1}], list[Leaf]) == [Leaf(1)]
    assert json_decoder(dict[str, Leaf]).decode(b'{"a": {"number": 1}}') == {"a": Leaf(1)}
