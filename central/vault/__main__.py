"""The vault's command: ``python -m central.vault migrate | serve | verify``."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

import waitress

from central.engine import reading
from central.vault.app import create_app
from central.vault.audit import verify_chain
from central.vault.db import check_revision, migrate, open_engine
from central.vault.errors import VaultError
from central.vault.settings import VaultSettings, load_settings
from wire.errors import WireError
from wire.handover import HAND_OVER_LIMIT

_LOG_FORM = "%(asctime)s %(levelname)s %(name)s %(message)s"
_FRAMING = 16 * 1024  # bytes that waitress lets through above the limit, so that the app can say why it refuses


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when done, 1 with a sentence on standard error when it cannot."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format=_LOG_FORM)
    try:
        settings = load_settings(home=options.home)
        if options.command == "migrate":
            migrate(open_engine(settings.database_url), options.revision)
        elif options.command == "verify":
            _verify(settings)
        else:
            _serve(settings, options.host, options.port, options.threads)
    except (VaultError, WireError) as error:
        print(f"{error} [{error.code}]", file=sys.stderr)
        return 1
    return 0


def _serve(settings: VaultSettings, host: str, port: int, threads: int) -> None:
    app = create_app(settings)
    # A page whose passphrases wait for Argon2 holds a thread and 64 MiB: few threads are a limit on memory too.
    waitress.serve(
        app,
        host=host,
        port=port,
        threads=threads,
        ident=None,
        max_request_body_size=HAND_OVER_LIMIT + _FRAMING,
        # waitress would strip X-Forwarded-For: all holders behind the TLS terminator would then count as one address
        # and twenty wrong tries of one shut out all. The app believes the header of VAULT_TRUSTED_PROXIES alone.
        clear_untrusted_proxy_headers=False,
    )


def _verify(settings: VaultSettings) -> None:
    engine = open_engine(settings.database_url)
    check_revision(engine)
    with reading(engine) as conn:
        print(f"audit: {verify_chain(conn)} entries, chain intact")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m central.vault", description=__doc__)
    home = argparse.ArgumentParser(add_help=False)
    home.add_argument("--home", type=Path, help="folder of the vault's keys and trust bundle (or VAULT_HOME)")
    commands = parser.add_subparsers(dest="command", required=True)
    raising = commands.add_parser("migrate", parents=[home], help="make or raise the database's schema")
    raising.add_argument("--revision", default="head", help="another revision than the newest; 'base' empties it")
    serving = commands.add_parser("serve", parents=[home], help="serve central and holders")
    serving.add_argument("--host", default="127.0.0.1")
    serving.add_argument("--port", type=int, default=8101)
    serving.add_argument("--threads", type=int, default=4)
    commands.add_parser("verify", parents=[home], help="check the audit chain")
    return parser


if __name__ == "__main__":
    sys.exit(main())
