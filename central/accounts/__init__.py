"""Accounts as central shows them: a projection of what the vault tells."""
