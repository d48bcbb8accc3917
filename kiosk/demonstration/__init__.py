"""What ``--simulate`` adds to a terminal: a tray of fictitious people's cards, and the paper as it came out."""
