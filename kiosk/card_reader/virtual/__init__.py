"""The card simulator: invented people, chips of different making, what goes wrong, our own slot, a link to vpcd."""
