"""A card as slow as a real one: what our reader adds to the line's own time. ``python -m bench.card_line``.

The card is a process of its own behind the real pcscd and vpcd and takes for each command the time of a T=0 line at
43,010 bit/s (a Vitale 2 at 4 MHz). Beside it the same commands sent bare, in turn, in the same run.
"""

from __future__ import annotations

from bench.card_read import CARD, BareReading, commands_of_a_reading, desk, in_turn
from bench.figures import Figure, percentile, table
from kiosk.card_reader.virtual.line import LINE_OF_A_VITALE, seconds_on_the_line
from tests.fakes.pcscd import why_unavailable

ROUNDS = 40
WARM_UP = 3
MOST = 1.03


def run() -> list[Figure]:
    """Whole readings beside bare ones, both as slow as the card.

    Raises:
        RuntimeError: this machine has no pcscd, vpcd or pyscard.
    """
    if reason := why_unavailable():
        raise RuntimeError(reason)
    exchanges = commands_of_a_reading()
    with desk(bits_per_second=LINE_OF_A_VITALE) as reading:
        bare_reading = BareReading([command for command, _ in exchanges])
        times = in_turn(reading, bare_reading, let_go=reading.wait_until_let_go, rounds=ROUNDS, warm_up=WARM_UP)
    ours, bare = times.ours, times.bare
    line_ms = 1000 * sum(seconds_on_the_line(command, answer) for command, answer in exchanges)
    pairs = [one / other for one, other in zip(ours, bare, strict=True)]
    inside = f"{len(exchanges)} commands of one reading, {len(CARD.persons)} persons, {LINE_OF_A_VITALE} bit/s"
    return [
        Figure(
            "real line, card read p50 over bare", percentile(ours, 50) / percentile(bare, 50), "ratio", inside, MOST
        ),
        Figure("real line, over bare in pairs, p50", percentile(pairs, 50), "ratio", "the same rounds, in pairs"),
        Figure("real line, card read p50", percentile(ours, 50), "ms", f"{ROUNDS} rounds in turn"),
        Figure("real line, card read p95", percentile(ours, 95), "ms", "same"),
        Figure("real line, bare commands p50", percentile(bare, 50), "ms", "same"),
        Figure("real line, the line's own time", line_ms, "ms", "counted, not measured: 12 units a character"),
    ]


if __name__ == "__main__":
    print(table(run()))
