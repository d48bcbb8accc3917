"""Three years with planted fraud, scanned as an officer would; and the table of docs/abuse.md (scripts/abuse-year)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache

from central.abuse.scores import DAY_MS, Suspicion, Window, suspicions
from tests.abuse.plants import DAYS, FRAUDULENT, START, Year, plant
from wire.identifiers import milliseconds

SEEDS = (2019, 2020, 2021)
WINDOW_DAYS, SCAN_EVERY = 120, 14


@dataclass(frozen=True)
class Found:
    """Of one year: openings that each score would hold, by score; those on the list only; what each case counted."""

    year: Year
    held: dict[str, set[bytes]]
    listed: dict[str, set[bytes]]
    counted: set[tuple[str, str]]

    @property
    def all_held(self) -> set[bytes]:
        return set().union(*self.held.values())

    @property
    def all_listed(self) -> set[bytes]:
        return set().union(*self.listed.values())


@cache
def scanned(seed: int) -> Found:
    """The year as the officer lives it: a scan every fortnight, each over the window before it; nobody decides."""
    year = plant(seed)
    held: dict[str, set[bytes]] = defaultdict(set)
    listed: dict[str, set[bytes]] = defaultdict(set)
    counted: set[tuple[str, str]] = set()
    for day in range(SCAN_EVERY, DAYS + 60, SCAN_EVERY):
        now_ms = milliseconds(START) + day * DAY_MS
        inside = [one for one in year.signals if now_ms - WINDOW_DAYS * DAY_MS <= one.made_ms < now_ms]
        window = Window(inside, year.departements, frozenset(year.operators), now_ms)
        for suspicion in suspicions(window):
            _file(suspicion, held if suspicion.holds else listed)
            counted.add((suspicion.score, suspicion.figures))
    return Found(year, held, listed, counted)


def _file(suspicion: Suspicion, into: dict[str, set[bytes]]) -> None:
    into[suspicion.score].update(suspicion.evidence)


def rates(seed: int) -> dict[str, tuple[int, int]]:
    """Per score: openings held, and how many of those are fraud."""
    found = scanned(seed)
    return {score: (len(held), len(held & found.year.fraud.keys())) for score, held in sorted(found.held.items())}


def table() -> str:
    """The figures of docs/abuse.md, from the three years together."""
    lines = ["| score | openings held back | of them planted | precision |", "|---|---|---|---|"]
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for seed in SEEDS:
        for score, (held, right) in rates(seed).items():
            sums[score][0] += held
            sums[score][1] += right
    lines += [f"| {score} | {held} | {right} | {right / held:.0%} |" for score, (held, right) in sorted(sums.items())]
    lines += ["", "| planted | openings | held back | listed or held back |", "|---|---|---|---|"]
    for kind in FRAUDULENT:
        planted = held = listed = 0
        for seed in SEEDS:
            found = scanned(seed)
            of_kind = {dossier for dossier, of in found.year.fraud.items() if of == kind}
            planted += len(of_kind)
            held += len(of_kind & found.all_held)
            listed += len(of_kind & (found.all_held | found.all_listed))
        lines.append(f"| {kind} | {planted} | {held} ({held / planted:.0%}) | {listed} ({listed / planted:.0%}) |")
    return "\n".join([*lines, "", _honest()])


def _honest() -> str:
    """How many honest openings are held back, at offices that cheat elsewhere and at those that do not."""
    honest = beside = elsewhere = 0
    for seed in SEEDS:
        found = scanned(seed)
        held = found.all_held
        for signal in found.year.signals:
            if signal.opens and signal.dossier_id not in found.year.fraud:
                honest += 1
                beside += signal.dossier_id in held and signal.office_id in found.year.culprits
                elsewhere += signal.dossier_id in held and signal.office_id not in found.year.culprits
    return (
        f"Honest openings: {honest}. Held back with the fraud of their own office: {beside} ({beside / honest:.2%}); "
        f"at offices where nothing was planted: {elsewhere} ({elsewhere / honest:.2%})."
    )
