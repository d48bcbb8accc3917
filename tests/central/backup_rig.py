"""A central whose backups somebody can open, and what they were put back into."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from central.backup.custody import make_identity
from central.backup.service import Subject, make_backup, restore_backup
from central.backup.snapshot import Tools
from central.commands.backup import _subject
from central.engine import make_engine
from central.keys import answer_publics, load_answer_key
from central.settings import CentralSettings
from tests.central.web_site import CentralSite
from tests.fakes.databases import empty_database_in, is_postgresql
from tests.fakes.postgres import binaries
from wire import homes


def tools() -> Tools:
    """pg_dump and pg_restore as new as the tests' server."""
    return Tools(binaries() if is_postgresql() else None)


@dataclass
class Safe:
    """A central with somebody who can open its backups; ``file`` is the last backup."""

    site: CentralSite
    folder: Path

    def __post_init__(self) -> None:
        self.identity = self.folder / "identity"
        public = make_identity(self.identity)
        (self.site.home / homes.BACKUP_RECIPIENTS).write_text(f"# both custodians\n{public}\n")
        self.file = self.folder / "central.age"

    def make(self, file: Path | None = None) -> Path:
        made = file or self.file
        make_backup(
            _subject(self.site.settings, self.site.engine),
            load_answer_key(self.site.home),
            self.site.home / homes.BACKUP_RECIPIENTS,
            made,
            now=self.site.clock.now,
            tools=tools(),
        )
        return made

    def put_back(self, file: Path | None = None, *, name: str = "restored", **changes: object) -> CentralSettings:
        """Into an empty database of that name; the settings of a central over it."""
        settings = CentralSettings(home=self.site.home, database=empty_database_in(self.folder, name))
        engine = make_engine(settings.database)
        try:
            usual = _subject(settings, engine)
            fields = {field: getattr(usual, field) for field in Subject.__dataclass_fields__}
            subject = Subject(**(fields | changes))  # type: ignore[arg-type]
            keys = answer_publics(self.site.home)
            restore_backup(subject, keys, self.identity, file or self.file, tools=tools())
        finally:
            engine.dispose()
        return settings


@pytest.fixture
def safe(site: CentralSite, tmp_path: Path) -> Safe:
    return Safe(site, tmp_path)
