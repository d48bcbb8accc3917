"""Another program on this machine that uses the card in the first slot, by pyscard alone."""

from __future__ import annotations

from typing import Any

from tests.fakes.pcscd import FIRST_SLOT


class OtherProgram:
    """``share``: ``SCARD_SHARE_SHARED`` or ``SCARD_SHARE_EXCLUSIVE``. It holds the card until ``leave``."""

    def __init__(self, share: str) -> None:
        from smartcard import scard  # noqa: PLC0415 - only where pyscard is

        self._scard: Any = scard
        _, self._context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
        protocols = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
        code, self._card, _ = scard.SCardConnect(self._context, FIRST_SLOT, getattr(scard, share), protocols)
        assert code == scard.SCARD_S_SUCCESS

    def begin(self) -> None:
        assert self._scard.SCardBeginTransaction(self._card) == self._scard.SCARD_S_SUCCESS

    def reset(self) -> None:
        scard = self._scard
        scard.SCardReconnect(self._card, scard.SCARD_SHARE_SHARED, scard.SCARD_PROTOCOL_T0, scard.SCARD_RESET_CARD)

    def transmit(self, command: bytes) -> tuple[int, bytes]:
        """PC/SC's code and the whole answer."""
        code, answer = self._scard.SCardTransmit(self._card, self._scard.SCARD_PCI_T0, list(command))
        return code, bytes(answer)

    def leave(self) -> None:
        self._scard.SCardDisconnect(self._card, self._scard.SCARD_LEAVE_CARD)
        self._scard.SCardReleaseContext(self._context)
