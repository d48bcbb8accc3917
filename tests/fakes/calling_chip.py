"""A chip that does something to the machine while it works."""

from __future__ import annotations

from collections.abc import Callable

from kiosk.card_reader.virtual.engine import CardEngine, VirtualLayout


class CallingBack(CardEngine):
    """Calls before it answers its n-th command."""

    def __init__(self, layout: VirtualLayout, at: int, call: Callable[[], None]) -> None:
        super().__init__(layout)
        self._at, self._call, self._count = at, call, 0

    def process(self, command: bytes) -> bytes:
        self._count += 1
        if self._count == self._at:
            self._call()
        return super().process(command)
