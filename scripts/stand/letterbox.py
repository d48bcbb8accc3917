"""Where the demonstration's messages arrive: a mail server and an SMS gateway on loopback, and a page to read them on.

    python -m letterbox --folder DIR --http-port 8180 --smtp-port 8190

In place of a person's mailbox and phone. Everyone is fictitious; what arrives is kept as one JSON file a message and
shown newest first. Neither server is fit for anything but this.
"""

from __future__ import annotations

import argparse
import html
import json
import signal
import socketserver
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from email import message_from_bytes
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import FrameType

PAGE = Path(__file__).with_name("letterbox.html")
_LONGEST = 64 * 1024  # bytes of a message
_LINE = 2048


@dataclass(frozen=True, slots=True)
class Letter:
    """One message that arrived; ``kind`` is ``email`` or ``sms``."""

    kind: str
    to: str
    subject: str
    body: str
    at: float


class Letterbox:
    """The messages, on disk: they outlive the process as paper would."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        folder.mkdir(parents=True, exist_ok=True)

    def drop(self, kind: str, to: str, subject: str, body: str) -> None:
        """A message arrived."""
        letter = Letter(kind, to, subject, body, time.time())
        with self._lock:
            path = self._folder / f"{time.time_ns()}.json"
            path.with_suffix(".part").write_text(json.dumps(asdict(letter), ensure_ascii=False), encoding="utf-8")
            path.with_suffix(".part").rename(path)  # a reader never sees half of one

    def drop_mail(self, to: str, raw: bytes) -> None:
        """An e-mail arrived, as the bytes between DATA and the dot."""
        message = message_from_bytes(raw, policy=default)
        part = message.get_body(("plain",))
        self.drop("email", to, str(message["Subject"] or ""), "" if part is None else str(part.get_content()))

    def letters(self) -> list[Letter]:
        """All of them, oldest first."""
        return letters_in(self._folder)


def letters_in(folder: Path) -> list[Letter]:
    """What arrived in a folder, oldest first."""
    return [Letter(**json.loads(path.read_text(encoding="utf-8"))) for path in sorted(folder.glob("*.json"))]


class MailServer(socketserver.ThreadingTCPServer):
    """As much of SMTP (RFC 5321) as a client that behaves needs to hand a message over."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port: int, box: Letterbox) -> None:
        super().__init__(("127.0.0.1", port), _MailDialogue)
        self.box = box


class _MailDialogue(socketserver.StreamRequestHandler):
    timeout = 30
    server: MailServer

    def handle(self) -> None:
        self._say("220 letterbox")
        recipients: list[str] = []
        while line := self.rfile.readline(_LINE).decode("ascii", errors="replace").strip():
            verb = line[:4].upper()
            if verb == "QUIT":
                self._say("221 bye")
                return
            if verb == "RCPT":
                recipients.append(line.partition("<")[2].partition(">")[0])
            if verb == "DATA":
                self._say("354 go on")
                raw = self._data()
                for to in recipients:
                    self.server.box.drop_mail(to, raw)
                recipients = []
            self._say("250 ok")

    def _data(self) -> bytes:
        raw = bytearray()
        while (line := self.rfile.readline(_LINE)) not in {b".\r\n", b""} and len(raw) < _LONGEST:
            raw += line[1:] if line.startswith(b"..") else line
        return bytes(raw)

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class WebServer(ThreadingHTTPServer):
    """The SMS gateway (POST /sms) and the page (GET /)."""

    daemon_threads = True

    def __init__(self, port: int, box: Letterbox) -> None:
        super().__init__(("127.0.0.1", port), _WebRequest)
        self.box = box


class _WebRequest(BaseHTTPRequestHandler):
    server: WebServer

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        try:
            form = json.loads(self.rfile.read(min(length, _LONGEST)))
            to, body = str(form["to"]), str(form["message"])
        except (ValueError, KeyError, TypeError):
            self._answer(400, "application/json", b"{}")
            return
        if self.path != "/sms":
            self._answer(404, "application/json", b"{}")
            return
        self.server.box.drop("sms", to, "", body)
        self._answer(202, "application/json", b'{"status": "accepted"}')

    def do_GET(self) -> None:
        ways: dict[str, Callable[[], tuple[str, bytes]]] = {
            "/": lambda: ("text/html; charset=utf-8", page(self.server.box.letters()).encode()),
            "/messages.json": lambda: (
                "application/json",
                json.dumps([asdict(letter) for letter in self.server.box.letters()]).encode(),
            ),
            "/healthz": lambda: ("application/json", b'{"status": "ok"}'),
        }
        if self.path not in ways:
            self._answer(404, "text/plain", b"")
            return
        self._answer(200, *ways[self.path]())

    def _answer(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Silent: a log of a mailbox is a copy of it."""


def page(letters: list[Letter]) -> str:
    """The page, newest message first."""
    entries = "".join(_entry(letter) for letter in reversed(letters))
    nothing = '<p class="nothing" data-test="nothing">Aucun message pour l’instant.</p>'  # noqa: RUF001 - French
    return PAGE.read_text(encoding="utf-8").replace("<!-- messages -->", entries or nothing)


def _entry(letter: Letter) -> str:
    kind = "E-mail" if letter.kind == "email" else "SMS"
    at = time.strftime("%H:%M:%S", time.localtime(letter.at))
    subject = f'<h2 dir="auto">{html.escape(letter.subject)}</h2>' if letter.subject else ""
    return (
        f'<article data-test="{letter.kind}"><header><b>{kind}</b> <span>{html.escape(letter.to)}</span> '
        f'<time>{at}</time></header>{subject}<p dir="auto">{html.escape(letter.body.strip())}</p></article>'
    )


def main() -> int:
    """Serve until told to end."""
    parser = argparse.ArgumentParser(prog="letterbox", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--http-port", type=int, required=True)
    parser.add_argument("--smtp-port", type=int, required=True)
    options = parser.parse_args()
    box = Letterbox(options.folder)
    signal.signal(signal.SIGTERM, _end)
    with MailServer(options.smtp_port, box) as mail, WebServer(options.http_port, box) as web:
        threading.Thread(target=mail.serve_forever, daemon=True).start()
        web.serve_forever()
    return 0


def _end(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)


if __name__ == "__main__":
    sys.exit(main())
