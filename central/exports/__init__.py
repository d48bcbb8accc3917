"""Counts as files: CSV and XLSX of the tables that the API gives, scoped by role."""
