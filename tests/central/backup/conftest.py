from tests.central.backup_rig import safe  # noqa: F401 - a fixture is found by its name here
