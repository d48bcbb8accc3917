"""Central's settings: one frozen value, and the only reader of the environment.

CENTRAL_HOME           folder with the keys and the trust bundle (or ``--home``)
CENTRAL_DATABASE       SQLAlchemy URL; default ``sqlite:///HOME/central.db``
CENTRAL_PUBLIC_URL     where terminals reach central; printed in tickets
CENTRAL_VAULT          where central reaches the vault
CENTRAL_ACTIVATION_URL what terminals print on slip B; default the vault's ``/activation``
CENTRAL_SHARDS         number of hash chains (ledger, audit) and counter rows side by side; never lowered
CENTRAL_INS_OID        authority of the numbers this programme accepts; the test OID unless set
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from central.errors import SetupError
from wire.nir import InsAuthority

_SHARDS_LIMIT = 1024
_PUBLIC_URL = "http://127.0.0.1:8100"
_VAULT_URL = "http://127.0.0.1:8101"


@dataclass(frozen=True, slots=True)
class CentralSettings:
    """Everything that differs between two centrals."""

    home: Path
    database: str
    public_url: str = _PUBLIC_URL
    vault_url: str = _VAULT_URL
    activation_url: str = f"{_VAULT_URL}/activation"
    shards: int = 1
    ins_authority: InsAuthority = InsAuthority.NIR_TEST


def load_settings(home: Path | None = None, environment: Mapping[str, str] | None = None) -> CentralSettings:
    """Read the settings; ``home`` from the command line wins over CENTRAL_HOME.

    Raises:
        SetupError: no home, or a value that is none.
    """
    given = os.environ if environment is None else environment
    folder = home or (Path(given["CENTRAL_HOME"]) if given.get("CENTRAL_HOME") else None)
    if folder is None:
        raise SetupError("central needs its home folder: --home DIR or CENTRAL_HOME")
    vault_url = given.get("CENTRAL_VAULT", _VAULT_URL).rstrip("/")
    return CentralSettings(
        home=folder,
        database=given.get("CENTRAL_DATABASE", f"sqlite:///{folder.resolve() / 'central.db'}"),
        public_url=given.get("CENTRAL_PUBLIC_URL", _PUBLIC_URL).rstrip("/"),
        vault_url=vault_url,
        activation_url=given.get("CENTRAL_ACTIVATION_URL", f"{vault_url}/activation"),
        shards=_shards(given.get("CENTRAL_SHARDS", "1")),
        ins_authority=_authority(given.get("CENTRAL_INS_OID", InsAuthority.NIR_TEST.value)),
    )


def _shards(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) <= _SHARDS_LIMIT:
        raise SetupError(f"CENTRAL_SHARDS is a number from 1 to {_SHARDS_LIMIT}")
    return int(text)


def _authority(text: str) -> InsAuthority:
    try:
        return InsAuthority(text)
    except ValueError as error:
        raise SetupError("CENTRAL_INS_OID is none of the known authorities") from error
