from __future__ import annotations

import shutil
from pathlib import Path

from kiosk.health.disk import FolderDisk


def test_what_is_free_is_what_the_system_says(tmp_path: Path) -> None:
    free = FolderDisk(tmp_path).free_bytes()
    assert free is not None
    assert abs(free - shutil.disk_usage(tmp_path).free) < 1 << 30  # others write meanwhile


def test_a_folder_that_is_gone_cannot_be_asked(tmp_path: Path) -> None:
    assert FolderDisk(tmp_path / "gone").free_bytes() is None
