"""The door of the terminals: batches and status questions are verified, opened, planned and kept here."""
