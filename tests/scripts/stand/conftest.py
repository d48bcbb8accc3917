"""scripts/ is no package: its modules are found by path, as `python scripts/stand` finds them."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3] / "scripts" / "stand"))
