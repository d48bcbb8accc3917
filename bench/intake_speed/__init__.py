"""Intake at speed: beside its two bare halves and beside a peer, on one core and on two, empty and full, in one run."""
