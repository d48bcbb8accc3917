"""Openings that look made for the euro: scores with their evidence, money held back, a work list, decisions."""
