"""Whether a service is alive, ready, and how it does: a neutral leaf that central and the vault both stand on."""
