"""The line to central: a pool of kept connections, as the terminator in front of central has one. HTTP/1.1, asyncio.

Of HTTP only what central answers with: a status, an ETag, a body whose length is told. httpx2 would cost this process
three times as much a request, and it shares the machine with what it measures.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from kiosk.sync.link import CONTENT_TYPE, LinkLimits

_FRESH_S = 1.0  # gunicorn closes a connection that was idle for two seconds
_HEAD_END = b"\r\n\r\n"
_NOT_MODIFIED = 304
LIMITS = LinkLimits()
"""A terminal's own deadlines."""


class LineError(Exception):
    """No answer came back; ``code`` is ``unreachable``, ``timeout`` or ``broken``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, repr=False)
class Reply:
    """Status, ETag and body of an answer."""

    status: int
    etag: str | None
    body: bytes


@dataclass(frozen=True, slots=True)
class _Connection:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    used_s: float

    def drop(self) -> None:
        self.writer.transport.abort()


class Line:
    """Exchanges with one address; at most ``connections`` at a time, the others wait, and their waiting counts."""

    def __init__(self, host: str, port: int, *, connections: int) -> None:
        self._host = host
        self._port = port
        self._room = asyncio.Semaphore(connections)
        self._kept: list[_Connection] = []

    async def post(self, path: str, body: bytes, *, within_s: float) -> Reply:
        """POST bytes."""
        head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {CONTENT_TYPE}\r\n"
        return await self._exchange(f"{head}Content-Length: {len(body)}".encode() + _HEAD_END + body, within_s)

    async def get(self, path: str, etag: str | None, *, within_s: float) -> Reply:
        """GET, with the ETag held."""
        held = "" if etag is None else f"If-None-Match: {etag}\r\n"
        return await self._exchange(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{held}\r\n".encode(), within_s)

    async def close(self) -> None:
        """Let go of every connection."""
        for connection in self._kept:
            connection.drop()
        self._kept.clear()
        await asyncio.sleep(0)  # a transport that was dropped lets its socket go at the loop's next turn

    async def _exchange(self, request: bytes, within_s: float) -> Reply:
        try:
            async with asyncio.timeout(within_s), self._room:
                connection = await self._connection()
                try:
                    return await self._answered(connection, request)
                except BaseException:
                    connection.drop()
                    raise
        except TimeoutError:
            raise LineError("timeout") from None
        except ConnectionRefusedError:
            raise LineError("unreachable") from None
        except (OSError, EOFError, ValueError, LookupError, asyncio.LimitOverrunError):
            raise LineError("broken") from None

    async def _connection(self) -> _Connection:
        while self._kept:
            kept = self._kept.pop()
            if time.monotonic() - kept.used_s < _FRESH_S and not kept.reader.at_eof():
                return kept
            kept.drop()
        reader, writer = await asyncio.open_connection(self._host, self._port)
        return _Connection(reader, writer, time.monotonic())

    async def _answered(self, connection: _Connection, request: bytes) -> Reply:
        connection.writer.write(request)
        await connection.writer.drain()
        status, headers = _head(await connection.reader.readuntil(_HEAD_END))
        length = 0 if status == _NOT_MODIFIED else int(headers["content-length"])
        body = await connection.reader.readexactly(length)
        if headers.get("connection", "").lower() == "close":
            connection.drop()
        else:
            self._kept.append(_Connection(connection.reader, connection.writer, time.monotonic()))
        return Reply(status, headers.get("etag"), body)


def _head(raw: bytes) -> tuple[int, dict[str, str]]:
    first, *rest = raw.decode("latin-1").rstrip().split("\r\n")
    pairs = (line.partition(":") for line in rest)
    return int(first.split(" ")[1]), {name.strip().lower(): value.strip() for name, _, value in pairs}
