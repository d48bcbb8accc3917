"""The terminal: reads the card, asks the person, commits the record, prints the slips, sends when it can."""
