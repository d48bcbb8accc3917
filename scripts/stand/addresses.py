"""Where everything answers: fixed ports where they are free, the next free ones where they are not."""

from __future__ import annotations

from dataclasses import dataclass

from processes import free_port

_FIRST = {"central": 8100, "vault": 8120, "hall": 8140, "pharmacy": 8160, "letterbox": 8180}
_MAIL = 8300
_SENDER = "ne-pas-repondre@dmp.example"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Addresses without a slash at the end; ``letterbox`` is where messages are read, ``mail`` where they are sent."""

    central: str
    vault: str
    hall: str
    pharmacy: str
    letterbox: str
    mail: str

    @classmethod
    def choose(cls) -> Addresses:
        """Look for free ports now; another process may still be quicker, which its child then says."""
        web = {name: f"http://127.0.0.1:{free_port(first)}" for name, first in _FIRST.items()}
        return cls(**web, mail=f"smtp://127.0.0.1:{free_port(_MAIL)}")

    @property
    def messages(self) -> dict[str, str]:
        """The settings of central and of the vault that send every message to the letterbox."""
        settings = {
            "SMTP_URL": self.mail,
            "MAIL_FROM": _SENDER,
            "SMS_URL": f"{self.letterbox}/sms",
            "SMS_SENDER": "DMP",
        }
        return {prefix + name: value for prefix in ("CENTRAL_", "VAULT_") for name, value in settings.items()}

    @staticmethod
    def port(address: str) -> str:
        """The port of an address."""
        return address.rpartition(":")[2]
