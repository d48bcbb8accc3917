"""The browser that looks at our pages: which binary, with which arguments."""

from __future__ import annotations

from pathlib import Path

SHELL = Path("/usr/bin/chromium-headless-shell")
"""The same engine without a browser around it: a third less work for the same pages."""

CHROMIUM = str(SHELL) if SHELL.exists() else "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
]
