from __future__ import annotations

import io

from central.recount.progress import ProgressLine
from central.recount.walking import Step


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_says_how_far_how_fast_and_how_long_still() -> None:
    now, out = [0.0], Terminal()
    line = ProgressLine(out, lambda: now[0])
    line(Step("dossiers", 0.0, 0))
    now[0] = 10.0
    line(Step("dossiers", 0.25, 50_000))
    assert out.getvalue().endswith("██████░░░░░░░░░░░░░░░░░░  25%, 5,000/s, 30 s left")


def test_is_written_over_itself_at_a_terminal_and_taken_away() -> None:
    out = Terminal()
    line = ProgressLine(out, lambda: 0.0)
    line(Step("dossiers", 0.0, 0))
    line.clear()
    assert out.getvalue().startswith("\r\x1b[K")
    assert out.getvalue().endswith("\r\x1b[K")
    assert "\n" not in out.getvalue()


def test_a_file_gets_a_line_now_and_then() -> None:
    now, out = [0.0], io.StringIO()
    line = ProgressLine(out, lambda: now[0])
    for second in range(61):
        now[0] = float(second)
        line(Step("records", second / 100, 10))
    line.clear()
    assert len(out.getvalue().splitlines()) == 3
    assert "\x1b" not in out.getvalue()
