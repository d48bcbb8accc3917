"""Heads of all chains, written down together each hour and signed, so that they can be kept outside."""
