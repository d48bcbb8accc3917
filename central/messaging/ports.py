"""What the services need: a way to send a person a few lines."""

from __future__ import annotations

from abc import ABC, abstractmethod


class Messenger(ABC):
    """E-mails and text messages. Each call returns or raises by the deadline of the settings, whatever hangs."""

    @property
    @abstractmethod
    def has_email(self) -> bool:
        """Whether a server for e-mails is set: it may still be down."""

    @property
    @abstractmethod
    def has_sms(self) -> bool:
        """Whether a gateway for text messages is set: it may still be down."""

    @abstractmethod
    def send_email(self, to: str, subject: str, body: str) -> None:
        """Hand an e-mail of plain text (any script) to the server; when this returns the server has taken it on.

        Raises:
            NotSentError: see its codes. Nothing is tried again here.
        """

    @abstractmethod
    def send_sms(self, to: str, body: str) -> None:
        """Hand a text message to the gateway; ``to`` is a number in E.164.

        Raises:
            NotSentError: see its codes. Nothing is tried again here.
        """

    @abstractmethod
    def close(self) -> None:
        """Give the connections back; harmless twice."""
