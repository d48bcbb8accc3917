"""Where everything answers: fixed ports where they are free, the next free ones where they are not."""

from __future__ import annotations

from dataclasses import dataclass

from processes import free_port

_FIRST = {"central": 8100, "vault": 8120, "hall": 8140, "pharmacy": 8160}


@dataclass(frozen=True, slots=True)
class Addresses:
    """Addresses without a slash at the end."""

    central: str
    vault: str
    hall: str
    pharmacy: str

    @classmethod
    def choose(cls) -> Addresses:
        """Look for free ports now; another process may still be quicker, which its child then says."""
        return cls(**{name: f"http://127.0.0.1:{free_port(first)}" for name, first in _FIRST.items()})

    @staticmethod
    def port(address: str) -> str:
        """The port of an address."""
        return address.rpartition(":")[2]
