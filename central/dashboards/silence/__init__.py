"""Points that need somebody: terminals out of order, silent, idle, or never come; each with what to do."""
