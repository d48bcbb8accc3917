"""The pages of one office and of one terminal, and the list of terminals: what whoever runs the fleet looks at."""
