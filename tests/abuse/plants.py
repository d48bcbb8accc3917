"""A synthetic year of pharmacies, and the fraud that is planted in it. Invented people, invented offices.

Kept apart from the scores on purpose: nothing here imports a threshold, and what is planted is described as somebody
would do it, not as a score would find it. The honest part has what honest offices do and scores may take for fraud:
queues after a talk, duty nights, homes for the elderly with one telephone, families, people who enrol again elsewhere,
somebody who touches fast, a locum whom nobody announced, a village where hardly anybody activates anything.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from central.abuse.signals import Signal

START = datetime(2019, 1, 1, tzinfo=UTC)
DAYS = 365
OFFICES = 60
FRAUDULENT = {
    "rush_list": "opens a list of its customers' cards, one after the other, on a quiet afternoon",
    "night_list": "does so after closing, on several evenings",
    "own_phone": "types its own mobile number into every dossier, so that nothing looks empty",
    "ghost_operator": "attests under the name of somebody who never worked there",
    "blind_clicks": "one pharmacist clicks through every screen for who is waiting, without a word",
    "unasked": "opens a dossier for each prescription without telling; people enrol again elsewhere",
    "waste_paper": "opens as it should, and throws every slip away: nobody was interested",
}
"""What is planted, each kind at two offices a year."""


@dataclass
class Year:
    """Signals in order, what is known beside them, and which openings are fraud of which kind."""

    signals: list[Signal] = field(default_factory=list)
    departements: dict[str, str] = field(default_factory=dict)
    operators: set[tuple[str, str]] = field(default_factory=set)
    fraud: dict[bytes, str] = field(default_factory=dict)  # dossier → kind
    culprits: dict[str, str] = field(default_factory=dict)  # office → kind


def plant(seed: int) -> Year:
    """One year; the same seed makes the same."""
    chance = random.Random(seed)
    year = Year()
    offices = [f"PHARMACIE-{number:03d}" for number in range(OFFICES)]
    kinds = [kind for kind in FRAUDULENT for _ in range(2)]
    culprits = dict(zip(chance.sample(offices, len(kinds)), kinds, strict=True))
    year.culprits.update(culprits)
    for number, office in enumerate(offices):
        year.departements[office] = "974" if number % 15 == 0 else "75"
        names = [f"P{number:03d}-{one}" for one in range(chance.randint(1, 4))]
        year.operators.update((office, name) for name in names)
        shop = _Shop(year, chance, office, names)
        shop.live()
        if office in culprits:
            getattr(shop, culprits[office])()
    _come_back(year, chance)
    year.signals.sort(key=lambda signal: (signal.made_ms, signal.record_id))
    return year


class _Shop:
    """One office: how it lives, and what it may do besides."""

    def __init__(self, year: Year, chance: random.Random, office: str, names: list[str]) -> None:
        self.year, self.chance, self.office, self.names = year, chance, office, names
        self.size = chance.choice([0.4, 0.8, 1.2, 2.5])  # openings a day, on the mean
        self.activates = 0.10 if chance.random() < 0.04 else chance.uniform(0.22, 0.42)
        self.quick = names[0] if chance.random() < 0.1 else ""  # says all of it aloud first, then touches fast
        self.hours_off = 4 if year.departements[office] == "974" else 1

    # Honest ---------------------------------------------------------------------------------------------------------

    def live(self) -> None:
        for day in range(DAYS):
            if (START + timedelta(days=day)).weekday() != 6:
                self._open_for_a_day(day)
        self._now_and_then()

    def _open_for_a_day(self, day: int) -> None:
        for _ in range(self._how_many(self.size)):
            self.open(self._at(day, self._shop_hour()))
        if self.chance.random() < 0.01:  # a talk about the dossier, and the queue after it
            start = self._at(day, 17.5)
            for place in range(self.chance.randint(4, 8)):
                self.open(start + timedelta(seconds=95 * place + self.chance.randint(0, 40)))
        if self.chance.random() < 0.02:  # a duty night
            for _ in range(self.chance.randint(0, 2)):
                self.open(self._at(day, 22 + self.chance.random() * 5))

    def _now_and_then(self) -> None:
        if self.chance.random() < 0.12:  # a home for the elderly, over a few weeks
            phone = self._mark("home")
            for _ in range(self.chance.randint(4, 14)):
                self.open(self._at(self.chance.randint(100, 130), self._shop_hour()), mobile=phone)
        if self.chance.random() < 0.08:  # a locum for two days, whom nobody told central of
            for _ in range(self.chance.randint(1, 5)):
                self.open(self._at(self.chance.randint(180, 181), self._shop_hour()), operator="LOCUM-1")
        for _ in range(self.chance.randint(2, 10)):  # families
            phone = self._mark(f"family-{self.chance.random()}")
            for child in range(self.chance.randint(2, 4)):
                self.open(self._at(self.chance.randint(0, DAYS - 1), 17 + child * 0.05), mobile=phone)

    def open(self, at: datetime, *, kind: str | None = None, **changes: object) -> Signal:
        dossier, name = self.chance.randbytes(16), self.chance.choice(self.names)
        mean, spread = (9, 3) if name == self.quick else (45, 20)
        fields: dict[str, object] = {
            "dossier_id": dossier,
            "record_id": dossier,
            "office_id": self.office,
            "terminal_id": f"{self.office}-T",
            "operator_id": name,
            "made_ms": int(at.timestamp() * 1000),
            "opens": True,
            "earns": True,
            "reading_s": max(2, int(self.chance.gauss(mean, spread))),
            "email_mark": self._mark(f"e{self.chance.random()}") if self.chance.random() < 0.5 else None,
            "mobile_mark": self._mark(f"m{self.chance.random()}") if self.chance.random() < 0.7 else None,
            "activated": self.chance.random() < self.activates,
        }
        renamed = {"mobile": "mobile_mark", "operator": "operator_id"}
        fields.update({renamed.get(name, name): value for name, value in changes.items()})
        signal = Signal(**fields)  # type: ignore[arg-type]
        self.year.signals.append(signal)
        if kind is not None:
            self.year.fraud[dossier] = kind
        return signal

    # Planted --------------------------------------------------------------------------------------------------------

    def rush_list(self) -> None:
        for day in self.chance.sample(range(30, DAYS - 5), 3):
            start = self._at(day, 14.5)
            for place in range(self.chance.randint(25, 60)):
                seconds = place * 24 + self.chance.randint(0, 8)
                self.open(start + timedelta(seconds=seconds), kind="rush_list", activated=False)

    def night_list(self) -> None:
        for day in self.chance.sample(range(30, DAYS - 5), 6):
            for _ in range(self.chance.randint(8, 16)):
                at = self._at(day, 22.2 + self.chance.random() * 4)
                self.open(at, kind="night_list", activated=False)

    def own_phone(self) -> None:
        phone = self._mark("own")
        for at in self._spread(35):
            self.open(at, kind="own_phone", mobile=phone, activated=False)

    def ghost_operator(self) -> None:
        for at in self._spread(20):
            self.open(at, kind="ghost_operator", operator="GHOST-1")

    def blind_clicks(self) -> None:
        busy = self.chance.randint(60, 250)
        for _ in range(70):
            at = self._at(busy + self.chance.randint(0, 60), self._shop_hour())
            self.open(at, kind="blind_clicks", operator=self.names[0], reading_s=self.chance.choice([2, 3, 3, 4]))

    def unasked(self) -> None:
        for at in self._spread(90):
            signal = self.open(at, kind="unasked", activated=False)
            if self.chance.random() < 0.4:
                _again(self.year, self.chance, signal)

    def waste_paper(self) -> None:
        for at in self._spread(150):
            self.open(at, kind="waste_paper", activated=self.chance.random() < 0.01)

    # Times and marks ------------------------------------------------------------------------------------------------

    def _spread(self, many: int) -> Iterator[datetime]:
        first = self.chance.randint(20, DAYS - 110)
        for _ in range(many):
            yield self._at(first + self.chance.randint(0, 80), self._shop_hour())

    def _shop_hour(self) -> float:
        return self.chance.choice([9.5, 10.5, 11.5, 12.2, 15, 16.5, 17.5, 18.3]) + self.chance.random() * 0.9

    def _at(self, day: int, hour: float) -> datetime:
        """By the clock on the office's wall (winter time: an hour here or there changes no shop hour to a night)."""
        return START + timedelta(days=day, hours=hour - self.hours_off, seconds=self.chance.randint(0, 59))

    def _how_many(self, mean: float) -> int:
        return sum(self.chance.random() < mean / 8 for _ in range(8))

    def _mark(self, name: str) -> bytes:
        return hashlib.sha256(f"{self.office}/{name}".encode()).digest()[:16]


def _come_back(year: Year, chance: random.Random) -> None:
    """Honest people who enrol again: they forgot, or moved."""
    for signal in list(year.signals):
        if signal.opens and signal.dossier_id not in year.fraud and chance.random() < 0.004:
            _again(year, chance, signal)


def _again(year: Year, chance: random.Random, first: Signal) -> None:
    office = chance.choice([office for office in year.departements if office != first.office_id])
    later = first.made_ms + chance.randint(1, 80) * 86_400_000
    year.signals.append(
        Signal(
            dossier_id=first.dossier_id,
            record_id=chance.randbytes(16),
            office_id=office,
            terminal_id=f"{office}-T",
            operator_id="-",
            made_ms=later,
            opens=False,
            earns=False,
        )
    )
