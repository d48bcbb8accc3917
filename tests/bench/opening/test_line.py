"""The simulator's own HTTP: what it makes of the answers that come, and of those that do not."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import pytest

from bench.opening.line import Line, LineError, Reply

Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Server:
    """Says the same to every request; counts its connections and keeps what was asked."""

    def __init__(self, answer: bytes) -> None:
        self.answer = answer
        self.connections = 0
        self.asked: list[bytes] = []
        self.serving: set[asyncio.Task[None] | None] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.serving.add(asyncio.current_task())
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
                self.asked.append(head + await reader.readexactly(length))
                writer.write(self.answer)
                if not self.answer or b"connection: close" in self.answer:
                    break
        except (asyncio.IncompleteReadError, ConnectionResetError):
            pass
        writer.close()
        with contextlib.suppress(ConnectionResetError):
            await writer.wait_closed()


def asked(server: Server, *exchanges: Callable[[Line], Awaitable[Reply]]) -> list[Reply]:
    """The replies to one exchange after another over one line."""

    async def ask() -> list[Reply]:
        listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
        line = Line("127.0.0.1", listening.sockets[0].getsockname()[1], connections=2)
        async with listening:
            try:
                return [await exchange(line) for exchange in exchanges]
            finally:
                await line.close()
                await asyncio.gather(*filter(None, server.serving))

    return asyncio.run(ask())


def post(line: Line) -> Awaitable[Reply]:
    return line.post("/v1/batches", b"body", within_s=10)


def get(line: Line) -> Awaitable[Reply]:
    return line.get("/v1/trust", '"abc"', within_s=10)


def test_body_and_etag_of_an_answer_are_read() -> None:
    server = Server(b'HTTP/1.1 200 OK\r\nETag: "new"\r\nContent-Length: 5\r\n\r\nhello')
    assert asked(server, post) == [Reply(200, '"new"', b"hello")]
    assert server.asked[0].startswith(b"POST /v1/batches HTTP/1.1\r\n")
    assert server.asked[0].endswith(b"\r\n\r\nbody")


def test_unchanged_has_no_body_and_leaves_the_connection_ready() -> None:
    server = Server(b'HTTP/1.1 304 NOT MODIFIED\r\nETag: "abc"\r\n\r\n')
    assert [reply.status for reply in asked(server, get, get)] == [304, 304]
    assert server.connections == 1
    assert b'If-None-Match: "abc"\r\n' in server.asked[1]


def test_a_connection_that_central_closes_is_not_used_again() -> None:
    server = Server(b"HTTP/1.1 200 OK\r\nconnection: close\r\nContent-Length: 0\r\n\r\n")
    assert [reply.status for reply in asked(server, get, get)] == [200, 200]
    assert server.connections == 2


def test_no_word_at_all_is_a_broken_line() -> None:
    with pytest.raises(LineError, match="broken"):
        asked(Server(b""), post)


def test_an_answer_that_says_no_length_is_a_broken_line() -> None:
    with pytest.raises(LineError, match="broken"):
        asked(Server(b"HTTP/1.1 200 OK\r\n\r\n"), post)


def test_an_answer_that_does_not_end_is_a_timeout() -> None:
    with pytest.raises(LineError, match="timeout"):
        asked(
            Server(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel"), lambda line: line.get("/", None, within_s=0.1)
        )


def test_nobody_there_is_unreachable() -> None:
    async def ask() -> None:
        listening = await asyncio.start_server(Server(b"").serve, "127.0.0.1", 0)
        port = listening.sockets[0].getsockname()[1]
        listening.close()
        await listening.wait_closed()
        await Line("127.0.0.1", port, connections=1).get("/", None, within_s=10)

    with pytest.raises(LineError, match="unreachable"):
        asyncio.run(ask())
