from tests.central.money_rig import money  # noqa: F401 - a fixture is found by its name here
