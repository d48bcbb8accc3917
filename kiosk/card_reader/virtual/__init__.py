"""The card simulator: invented people, chips of different making, what goes wrong, a slot of our own and a link to vpcd."""
