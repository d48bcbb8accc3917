"""One file a step; each goes up and down."""
