"""Python's garbage collector, set for a worker that takes batches: called once, when everything has started."""

from __future__ import annotations

import gc

_YOUNG = 20_000
"""New objects before the collector looks: a batch of 200 makes some thousands, and leaves them all without a cycle."""


def settle_collector() -> None:
    """What starts up lives as long as the process, and what a batch makes is gone when it is answered.

    So the collector need not walk the one for the other: a tenth of what a record costs (docs/measures.md). Cycles are
    still found, a little later.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, *gc.get_threshold()[1:])
