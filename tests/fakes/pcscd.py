"""A pcscd of our own with a virtual reader of two slots: for tests and benches, beside any other pcscd of the machine.

Source: vitale.md §6.2. Where we may (CAP_SYS_ADMIN), it gets a mount namespace in which /run/pcscd is our folder; its
socket then lies outside at a path of ours, which stays the same when the daemon is killed and started again (the
client library remembers the path of its first call for the life of the process). Else the plain /run/pcscd is used,
if nobody else's daemon has it.
"""

from __future__ import annotations

import contextlib
import functools
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.waiting import wait_until

PCSCD = "/usr/sbin/pcscd"
VPCD_DRIVER = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so"
READER_NAME = "Virtual PCD"
FIRST_SLOT = f"{READER_NAME} 00 00"
SECOND_SLOT = f"{READER_NAME} 00 01"
READY_S = 10.0

_IN_NAMESPACE = 'mkdir -p /run/pcscd && mount --bind "$1" /run/pcscd && exec "$2" --foreground --config "$3"'


def why_unavailable() -> str | None:
    """What is missing on this machine for a real PC/SC test; None when nothing is."""
    if not Path(PCSCD).exists() or not Path(VPCD_DRIVER).exists():
        return "pcscd or vsmartcard-vpcd is not installed"
    if importlib.util.find_spec("smartcard") is None:
        return "pyscard is not installed"
    if not can_isolate() and Path("/run/pcscd/pcscd.comm").exists():
        return "another pcscd runs and there is no right to run a second one"
    return None


@functools.cache
def can_isolate() -> bool:
    """Whether this process may make mount namespaces."""
    unshare = shutil.which("unshare")
    return (
        unshare is not None
        and subprocess.run([unshare, "-m", "true"], capture_output=True, check=False).returncode == 0
    )


class PcscDaemon:
    """One pcscd that can be killed, stopped, frozen and started again, with the same readers or others.

    ``port`` is where the card of the first slot connects, the second slot's is one above.
    """

    def __init__(self, *, has_reader: bool = True) -> None:
        # One folder a process: the client library keeps the first socket path it was given.
        self._home = Path(tempfile.gettempdir()) / f"dmp-pcscd-{os.getpid()}"
        self._run = self._home / "run" if can_isolate() else Path("/run/pcscd")
        self._config = self._home / "readers"
        self._process: subprocess.Popen[bytes] | None = None
        self.port = _two_free_ports()
        shutil.rmtree(self._home, ignore_errors=True)
        self._config.mkdir(parents=True)
        self._run.mkdir(parents=True, exist_ok=True)
        self.plug(READER_NAME if has_reader else None)
        os.environ["PCSCLITE_CSOCK_NAME"] = str(self._socket)

    @property
    def _socket(self) -> Path:
        return self._run / "pcscd.comm"

    @property
    def pid(self) -> int:
        """Of the running daemon."""
        assert self._process is not None
        return self._process.pid

    @property
    def socket_inode(self) -> int:
        """Which socket file it is that clients connect to."""
        return self._socket.stat().st_ino

    @property
    def socket_folder(self) -> Path:
        """Where its socket lies."""
        return self._run

    def plug(self, reader: str | None) -> None:
        """From its next start it has a reader of that name, or none."""
        file = self._config / "vpcd"
        file.unlink(missing_ok=True)
        if reader is not None:
            file.write_text(
                f'FRIENDLYNAME "{reader}"\nDEVICENAME /dev/null:0x{self.port:04X}\n'
                f"LIBPATH {VPCD_DRIVER}\nCHANNELID 0x{self.port:04X}\n"
            )

    def start(self) -> None:
        """Start it and wait until it answers."""
        self._socket.unlink(missing_ok=True)
        self._process = subprocess.Popen(self._command(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        assert wait_until(self._answers), "pcscd did not come up"

    def kill(self) -> None:
        """SIGKILL our own process, as a crash would."""
        self._stop(signal.SIGKILL)

    def stop(self) -> None:
        """SIGTERM, as an upgrade of the package does before it starts the new one."""
        self._stop(signal.SIGTERM)

    def restart(self) -> None:
        """Stop it, where it runs, and start it with the readers now plugged in."""
        self.stop()
        self.start()

    def freeze(self) -> None:
        """It is there and answers nobody, until ``thaw``."""
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on where it was."""
        os.kill(self.pid, signal.SIGCONT)

    def close(self) -> None:
        """Stop it and remove its folder."""
        self._stop(signal.SIGTERM)
        shutil.rmtree(self._home, ignore_errors=True)

    def _stop(self, how: signal.Signals) -> None:
        if self._process is not None:
            self.thaw()
            self._process.send_signal(how)
            self._process.wait(READY_S)
            self._process = None

    def _command(self) -> list[str]:
        if not can_isolate():
            return [PCSCD, "--foreground", "--config", str(self._config)]
        arguments = ["sh", "-c", _IN_NAMESPACE, "sh", str(self._run), PCSCD, str(self._config)]
        # The daemon dies with us, even when we are killed.
        return ["unshare", "-m", "setpriv", "--pdeathsig", "TERM", *arguments]

    def _answers(self) -> bool:
        with contextlib.closing(socket.socket(socket.AF_UNIX)) as line:
            return line.connect_ex(str(self._socket)) == 0


@contextlib.contextmanager
def running_pcscd(*, has_reader: bool = True) -> Iterator[PcscDaemon]:
    """A started daemon for the time of the block."""
    daemon = PcscDaemon(has_reader=has_reader)
    try:
        daemon.start()
        yield daemon
    finally:
        daemon.close()


def _two_free_ports() -> int:
    """A port that is free together with the next one: vpcd takes one a slot."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("", 0))
            port = int(first.getsockname()[1])
            with contextlib.suppress(OSError, OverflowError):
                second.bind(("", port + 1))
                return port
