"""Who did what to which state: one entry a change, in hash chains."""
