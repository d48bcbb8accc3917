"""The person's own screen at a counter, over HTTP: on a second display, or on a tablet of the pharmacy's network."""
