"""The third-party host's own process: keeps the wraps of dossier keys, and lets their holders take them over."""
