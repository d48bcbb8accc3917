from tests.central.web_site import site  # noqa: F401 - a fixture is found by its name here
