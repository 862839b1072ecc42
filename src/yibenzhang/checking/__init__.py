"""The straight line from a file to its findings."""
