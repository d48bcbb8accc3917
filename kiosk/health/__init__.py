"""The machine under the terminal: its disk."""
