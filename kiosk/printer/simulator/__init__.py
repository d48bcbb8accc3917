"""A printer made of software: a development stand-in that answers and prints like an 80 mm thermal printer on TCP."""
