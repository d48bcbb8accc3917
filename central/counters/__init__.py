"""Counts per day, month and in all, kept in the transaction of the fact they count."""
