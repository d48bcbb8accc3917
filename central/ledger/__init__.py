"""The money: dated rules, append-only entries, one a person, every cent names its record."""
