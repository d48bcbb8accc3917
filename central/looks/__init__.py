"""A look at one record's row by somebody entitled: never without a reason, never without an entry in the audit."""
