"""How a terminal is born: from a ticket on paper to a home that `python -m kiosk` can start from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from provisioning.bundle import check_usable
from provisioning.central_link import CentralLink
from provisioning.errors import AuthorityError, RegistrationError
from provisioning.keys import load_signing_key, store_key
from provisioning.private_files import Owner, private_folder, write_atomically
from wire import homes
from wire.configuration import Configuration, open_configuration
from wire.errors import WireError
from wire.identifiers import TerminalId, terminal_id
from wire.registration import RegistrationAnswer, Ticket, open_registration_answer, write_request
from wire.trust import KeyUse, TrustBundle


@dataclass(frozen=True, slots=True)
class RegisteredTerminal:
    """What a terminal has become: its name, its place, and the bundle it trusts."""

    terminal: TerminalId
    office: str
    bundle_serial: int


def register(
    ticket: Ticket,
    home: Path,
    link: CentralLink,
    owner: Owner,
    *,
    now: datetime,
    make_key: Callable[[], Ed25519PrivateKey] = Ed25519PrivateKey.generate,
) -> RegisteredTerminal:
    """Register this machine as the terminal the ticket was made for.

    Steps; a power cut between any two is mended by running the command again with the same ticket:

    1. the home is private and holds no registered terminal;
    2. the bundle that central shows is signed by the root *on the ticket*: a mistyped ticket, or another central,
       is noticed here, before the token is spent;
    3. the device key is made on this machine, on disk before central hears of it; one that stands from an earlier
       attempt is used again, so that central recognises this machine;
    4. central gets the token, the public half and the proof of the private half;
    5. the answer's bundle is signed by the same root, not older than that of step 2, and valid now;
    6. the answer's configuration is signed by the ANSWER key of *that* bundle, for the terminal it names;
    7. files are written, the terminal's name last: with it the home counts as registered.

    Not checked: that the ticket was meant for this place (a person carries it), and that ``now`` is right.

    Raises:
        RegistrationError: ``registered_already``, ``not_this_programme``, ``bundle``, ``configuration``, ``answer``,
            and those of the link.
        KeyFileError: the home or a file in it is open to others, damaged, or cannot be written.
    """
    private_folder(home, owner)  # 1
    if (home / homes.TERMINAL_NAME).exists():
        raise RegistrationError(
            f"{home} is already a registered terminal: nothing was changed. For a new terminal, name an empty folder",
            code="registered_already",
        )
    root = Ed25519PublicKey.from_public_bytes(ticket.root_public)
    shown = _trusted(link.trust_bundle(), root, now, 0, code="not_this_programme")  # 2
    key = _device_key(home, owner, make_key)  # 3
    answer = _opened(link.register(write_request(ticket.token, key)))  # 4
    bundle = _trusted(answer.bundle, root, now, shown.serial, code="bundle")  # 5
    configuration = _configured(answer, bundle)  # 6
    _write_home(home, ticket, answer, owner)  # 7
    return RegisteredTerminal(terminal_id(configuration.terminal), configuration.office, bundle.serial)


def _trusted(document: bytes, root: Ed25519PublicKey, now: datetime, lowest: int, *, code: str) -> TrustBundle:
    try:
        return check_usable(document, root, now=now, lowest_serial=lowest)
    except AuthorityError as error:
        if error.code == "trust_root":
            raise RegistrationError(
                "central's trust bundle is not signed by the root on the ticket: the ticket is mistyped, or this is "
                "not the central it was made for. The terminal is not registered",
                code=code,
            ) from error
        raise RegistrationError(f"{error}. The terminal is not registered", code=error.code) from error


def _device_key(home: Path, owner: Owner, make_key: Callable[[], Ed25519PrivateKey]) -> Ed25519PrivateKey:
    path = home / homes.DEVICE_KEY
    if not path.exists():
        store_key(path, make_key(), owner)
    return load_signing_key(path, owner)


def _opened(data: bytes) -> RegistrationAnswer:
    try:
        return open_registration_answer(data)
    except WireError as error:
        raise RegistrationError(
            "central's answer is not of the form: is this the right release?", code="answer"
        ) from error


def _configured(answer: RegistrationAnswer, bundle: TrustBundle) -> Configuration:
    try:
        name = terminal_id(answer.terminal)
        return open_configuration(answer.configuration, bundle.verifying_key(KeyUse.ANSWER), terminal=name)
    except WireError as error:
        raise RegistrationError(
            "the configuration is not signed by central for this terminal: the terminal is not registered",
            code="configuration",
        ) from error


def _write_home(home: Path, ticket: Ticket, answer: RegistrationAnswer, owner: Owner) -> None:
    files = {
        homes.ROOT_PUBLIC: ticket.root_public.hex().encode(),
        homes.TRUST_BUNDLE: answer.bundle,
        homes.CENTRAL_URL: ticket.central.encode(),
        homes.CONFIGURATION: answer.configuration,
        homes.TERMINAL_NAME: answer.terminal.encode(),  # last
    }
    for name, content in files.items():
        write_atomically(home / name, content, owner)
