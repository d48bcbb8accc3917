"""Known terminals and the offices they stand in: registered, configured, last heard of, revoked."""
