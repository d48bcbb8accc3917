"""Recounts: chains, money and counts against the facts they were made from. Reads only."""
