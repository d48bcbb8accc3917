"""A printer made of software: a stand-in that answers and prints like a thermal printer, on TCP or a pty."""
