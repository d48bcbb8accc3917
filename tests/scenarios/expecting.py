"""What a script expects, held against what is: on the screen, on the disk, on paper. Each waits a bounded while."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from kiosk.enrolment.faults import TABLE
from kiosk.enrolment.texts import load_texts
from kiosk.printer.simulator.paper import Paper
from tests.scenarios.rig import ScenarioRig
from tests.scenarios.screen import WITHIN_S, as_read
from tests.scenarios.script import OnDisk, Seen
from tests.waiting import wait_until

REST = "rest"
"""A piece that does not say of which slip it is."""

_SLIPS = load_texts().slips
_COPY = re.compile(re.escape(as_read(_SLIPS["copy"].partition("{number}")[0])) + r" ?(\d+)")
_CODE = re.compile(r"#L=([0-9A-Z]{8})&C=([0-9A-Z-]{20,21})")
_CODE_LINE = re.compile(r"\b([0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z])?)(?![-\w])")


@dataclass(frozen=True, slots=True, repr=False)
class Sheet:
    """One paper as a script names it; ``code`` is what the whole code reads, None where it cannot be read."""

    slip: str
    copy_number: int
    is_whole: bool
    locator: str | None
    code: str | None

    def __str__(self) -> str:
        name = REST if self.slip == REST else f"{self.slip}{self.copy_number}"
        end = "whole" if self.is_whole else "torn"
        is_slip = self.slip == "B" and self.is_whole
        return f"{name} {end}{' with code' if self.code and not is_slip else ''}"


def expect_seen(rig: ScenarioRig, seen: Seen) -> None:
    """The screen, its fault code with the fault's own title, and words that stand on it."""
    screen, kind = rig.screen, rig.around.site.place
    screen.wait_for(seen.step.value)
    texts, text = load_texts(), screen.text
    if seen.fault is not None:
        _within(lambda: (screen.look(), screen.fault)[1], seen.fault, "fault code on the screen")
        fault = next(fault for fault, line in TABLE.items() if line.code == seen.fault)
        text = screen.text
        assert as_read(texts.faults[kind][fault].title) in text, f"no title of {fault.value} on {screen.step}"
    if seen.badge is not None:
        _within(lambda: seen.badge in _badge(screen.look() and screen.html), True, f"badge {seen.badge}")
    assert not [name for name in seen.absent if name in text], f"somebody else is on {screen.step}"
    for key in seen.words:
        assert as_read(texts.say(key, kind)) in text, f"{key} is not said on {screen.step}: {text[-600:]}"
    for key in seen.sentences:
        assert as_read(texts.sentences[key]) in text, f"{key} is not said on {screen.step}: {text[-600:]}"


def expect_disk(rig: ScenarioRig, expected: OnDisk) -> None:
    """Records by kind, and slips in the order of their records."""
    _within(
        lambda: records_on(rig), Counter({kind.value: count for kind, count in expected.records.items()}), "records"
    )
    _within(lambda: slips_on(rig), list(expected.slips), "slips")


def expect_paper(rig: ScenarioRig, expected: tuple[str, ...]) -> None:
    """All paper that came out of the printers since the terminal was first started, in its order."""
    _within(lambda: [str(sheet) for sheet in sheets(rig)], list(expected), "papers")


def records_on(rig: ScenarioRig) -> Counter[str]:
    """How many records of each kind the disk holds, sent or not."""
    with rig.terminal.home.database.reading() as database:
        return Counter(dict(database.execute("SELECT kind, count(*) FROM records GROUP BY kind").fetchall()))


def slips_on(rig: ScenarioRig) -> list[str]:
    """``A1 printed`` and so on, in the order of records, slips and copies."""
    with rig.terminal.home.database.reading() as database:
        rows = database.execute(
            "SELECT slips.kind, copy_number, slips.state FROM slips JOIN records USING (record_id) "
            "ORDER BY sequence, slips.kind, copy_number"
        ).fetchall()
    return [f"{kind}{copy_number} {state}" for kind, copy_number, state in rows]


def sheets(rig: ScenarioRig) -> list[Sheet]:
    """Every paper with something on it, first printer first; a blank strip is nobody's."""
    return [sheet for printer in rig.around.printers for sheet in sheets_of(printer.papers)]


def sheets_of(papers: Iterable[Paper]) -> list[Sheet]:
    """What can be told of these papers, in their order."""
    return [sheet_of(paper) for paper in papers if paper.text.strip()]


def sheet_of(paper: Paper) -> Sheet:
    """What can be told of a paper by who picks it up."""
    text = as_read(paper.text)
    copy = _COPY.search(text)
    scanned = _CODE.search(paper.text)
    typed = _CODE_LINE.findall(paper.text)
    code = scanned[2] if scanned else ("-".join(typed[1:3]) if len(typed) >= 3 else None)
    locator = scanned[1] if scanned else (typed[0].replace("-", "") if typed else None)
    return Sheet(_slip_of(text), int(copy[1]) if copy else 1, paper.complete, locator, code)


def _slip_of(text: str) -> str:
    titles = {"B": [_SLIPS["b_title"]], "A": [words for key, words in _SLIPS.items() if key.startswith("a_title_")]}
    titles["R"] = [_SLIPS["r_title"]]
    plain = _plain(text)
    return next((slip for slip, words in titles.items() if any(_plain(as_read(word)) in plain for word in words)), REST)


def _plain(text: str) -> str:
    """As a printer prints it whose code page lacks the signs of good typography."""
    return text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").replace("`", "'")


def _badge(page: str) -> str:
    found = re.search(r'data-test="badge">([^<]*)<', page)
    return "" if found is None else found[1].replace("\N{NON-BREAKING HYPHEN}", "-")


def _within(found: Callable[[], object], expected: object, what: str) -> None:
    if not wait_until(lambda: found() == expected, WITHIN_S):
        raise AssertionError(f"{what}: {found()}, not {expected}")
