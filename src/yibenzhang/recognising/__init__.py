"""Which standard table this is, what its columns and rows mean, and whose document it is."""
