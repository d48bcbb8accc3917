from __future__ import annotations

from tests.central.intake_rig import (
    busy,  # noqa: F401 - a fixture is found by its name here
    rig,  # noqa: F401 - the same
)
