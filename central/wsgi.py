"""Central for gunicorn: ``gunicorn central.wsgi:app``, with the settings of the environment (central/settings.py)."""

from __future__ import annotations

from central.app import create_app
from central.collecting import settle_collector
from central.settings import load_settings

app = create_app(load_settings())
settle_collector()
