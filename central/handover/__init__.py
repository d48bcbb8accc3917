"""From central to the vault: the outbox, the worker that empties it, and the events that come back."""
