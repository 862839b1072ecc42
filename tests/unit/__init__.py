"""One subject at a time."""
