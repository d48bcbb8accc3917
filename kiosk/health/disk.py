"""The disk under the terminal's folder, asked through the operating system."""

from __future__ import annotations

import shutil
from pathlib import Path

from kiosk.enrolment.machine import DiskGauge


class FolderDisk(DiskGauge):
    """DiskGauge over the file system that holds a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def free_bytes(self) -> int | None:
        """What a process without the root's reserve may still write; None when the folder is gone."""
        try:
            return shutil.disk_usage(self._folder).free
        except OSError:
            return None
