"""The long run: thousands of visits with random faults on one terminal, in one process, then everything is counted.

``python -m tests.scenarios.soak 5000 [--seed N] [--keep docs/soak.md]``. The terminal, central and the vault are real;
the machinery is that of the fault scripts. What must hold stands in :func:`judge`.
"""

from __future__ import annotations

import argparse
import random
import secrets
import sys
import tempfile
import time
import tracemalloc
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.scenarios.expecting import records_on, sheets
from tests.scenarios.rig import ScenarioRig
from tests.scenarios.script import duration
from tests.scenarios.soak_measures import Sample, growth, sample
from tests.scenarios.soak_page import page
from tests.scenarios.soak_visit import Ending, draw, visit
from tests.scenarios.surroundings import disk
from tests.scenarios.whole_chain import CodeOnPaper, WholeChain
from tests.town.crowd import card
from tests.waiting import wait_for

_DISK_MB = 48
_PARTS = 10  # the run is measured after each tenth
_CANARIES = (b"CANARI", b"canari@exemple.fr")


@dataclass
class Soak:
    """One run and what it found. ``wrong`` is empty when all held."""

    visits: int
    seed: int
    endings: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    told: Counter[str] = field(default_factory=Counter)
    papers: Counter[str] = field(default_factory=Counter)
    codes: Path = Path()  # a file, or the list of them would look like a leak
    samples: list[Sample] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    cpu_seconds: float = 0.0

    @property
    def enrolled(self) -> int:
        return self.endings["enrolled"]


def run(visits: int, seed: int, folder: Path, say: Callable[[str], None] = lambda _: None) -> Soak:
    """That many visits; raises nothing for what it finds wrong, but when the terminal does not go on."""
    soak, chance = Soak(visits, seed, codes=folder / "codes"), random.Random(seed)
    began, cpu = time.perf_counter(), time.process_time()
    with disk(folder / "terminal", is_small=True, megabytes=_DISK_MB) as home:
        chain = WholeChain(folder / "others", home)
        rig = ScenarioRig(chain.around)
        rig.start()
        try:
            _visits(soak, rig, chance, say)
            judge(soak, rig, chain)
        finally:
            tracemalloc.stop()
            rig.close()
            chain.close()
    soak.seconds, soak.cpu_seconds = time.perf_counter() - began, time.process_time() - cpu
    return soak


def _visits(soak: Soak, rig: ScenarioRig, chance: random.Random, say: Callable[[str], None]) -> None:
    part = max(soak.visits // _PARTS, 1)
    for number in range(soak.visits):
        drawn = draw(chance)
        try:
            ending = visit(rig, card(number), drawn)
        except (AssertionError, TimeoutError) as error:
            raise AssertionError(f"seed {soak.seed}, visit {number}, {drawn}: {error}") from error
        _note(soak, number, ending)
        _harvest(soak, rig)
        _let_go(rig)
        if (number + 1) % part == 0:
            _all_sent(rig)
            soak.samples.append(sample(rig, number + 1))
            if len(soak.samples) == _PARTS - 1:
                tracemalloc.start(1)
            say(f"{number + 1} visits, {soak.enrolled} enrolled, {soak.samples[-1].resident_kib // 1024} MB")


def _note(soak: Soak, number: int, ending: Ending) -> None:
    soak.faults[ending.word] += 1
    soak.endings["enrolled" if ending.enrolled else "not enrolled, told why"] += 1
    soak.told[ending.fault or ending.screen] += 1
    if not ending.was_told:
        soak.wrong.append(f"visit {number} ({ending.word}) ended on {ending.screen} and was told nothing")
    if ending.word == "nothing" and not ending.enrolled:
        soak.wrong.append(f"visit {number} had no fault and ended on {ending.screen} {ending.fault or ''}")


def _harvest(soak: Soak, rig: ScenarioRig) -> None:
    """Somebody picks the paper up and looks at what can be read on it."""
    with soak.codes.open("a", encoding="ascii") as codes:
        for sheet in sheets(rig):
            soak.papers[f"{sheet.slip} {'whole' if sheet.is_whole else 'torn'}"] += 1
            if sheet.code is not None and sheet.locator is not None:
                codes.write(f"{sheet.locator} {sheet.code} {sheet.is_whole:d}\n")
    for printer in rig.around.printers:
        with printer._lock:
            printer._mechanism.papers.clear()


def _let_go(rig: ScenarioRig) -> None:
    """What the harness itself would pile up."""
    rig.met.clear()
    rig.screen.passed.clear()
    rig.around.central.proofs.sent.clear()
    rig.around.central.questions.clear()


def _all_sent(rig: ScenarioRig) -> None:
    rig.pass_time(duration("+10 min"))
    wait_for("all is sent", lambda: (rig.terminal.worker.wake(), rig.terminal.outbox.waiting() == 0)[1], 60)


def judge(soak: Soak, rig: ScenarioRig, chain: WholeChain) -> None:
    """What must hold after all visits.

    1. Everybody was enrolled or told why not (noted visit by visit).
    2. Central has every record of the terminal, once; one dossier for each who enrolled; the ledger agrees.
    3. No slip's fate is open after the next start, and no personal word is on the terminal's disk.
    4. Every code on paper is the one of its record; the newest of a dossier is live, every other one void.
    5. Nothing grew: memory, threads, descriptors, write-ahead log.
    """
    rig.around.pull()
    rig.cut_power()
    rig.power_back()
    _all_sent(rig)
    kept = sum(records_on(rig).values())
    chain.hand_over()
    codes = [_code(line) for line in soak.codes.read_text(encoding="ascii").splitlines()]
    soak.counts = {
        "records on the terminal": kept,
        "records at central": chain.records_at_central(),
        "dossiers at central": chain.dossiers(),
        "codes that can be read on paper": len(codes),
    }
    if soak.counts["records at central"] != kept:
        soak.wrong.append(f"{kept} records kept, {soak.counts['records at central']} at central")
    if soak.counts["dossiers at central"] != soak.enrolled:
        soak.wrong.append(f"{soak.enrolled} enrolled, {soak.counts['dossiers at central']} dossiers")
    recount = chain.central.recount()
    soak.wrong += [] if recount.agrees else recount.lines()
    soak.wrong += [f"slip still open: {one}" for one in rig.terminal.journal.unsettled()]
    soak.wrong += [f"in clear: {path.name}" for path in rig.around.home.iterdir() if _tells(path)]
    soak.wrong += chain.wrong_codes(codes)
    soak.wrong += growth(soak.samples)


def _code(line: str) -> CodeOnPaper:
    locator, code, is_whole = line.split()
    return CodeOnPaper(locator, code, is_whole == "1")


def _tells(path: Path) -> bool:
    content = path.read_bytes() if path.is_file() else b""
    return any(canary in content for canary in _CANARIES)


def main() -> int:
    """Run it, print the table, keep it where that is wanted."""
    parser = argparse.ArgumentParser(prog="python -m tests.scenarios.soak")
    parser.add_argument("visits", type=int, nargs="?", default=5000)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--keep", type=Path, default=None, help="write the figures into this page")
    given = parser.parse_args()
    seed = secrets.randbelow(2**32) if given.seed is None else given.seed
    sys.stdout.write(f"seed {seed} (--seed {seed} draws the same faults again)\n")
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        soak = run(given.visits, seed, Path(folder), lambda line: (sys.stdout.write(line + "\n"), sys.stdout.flush()))
    text = page(soak)
    sys.stdout.write(text)
    if given.keep is not None and not soak.wrong:
        given.keep.write_text(text, encoding="utf-8")
    return 1 if soak.wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
