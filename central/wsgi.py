"""Central for gunicorn: ``gunicorn central.wsgi:app``, with the settings of the environment (central/settings.py)."""

from __future__ import annotations

import gc

from central.app import create_app
from central.settings import load_settings

app = create_app(load_settings())
gc.freeze()  # what starts up lives as long as the process: the collector need not walk it for every batch
