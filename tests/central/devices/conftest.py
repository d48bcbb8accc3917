from tests.central.intake_rig import rig  # noqa: F401 - a fixture is found by its name here
