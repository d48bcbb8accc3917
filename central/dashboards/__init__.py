"""What managers see: counts read from the counters, put into words and columns. No person, ever."""
