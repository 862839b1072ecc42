"""From approved figures to the whole disclosure, in every format."""
