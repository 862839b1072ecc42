"""From a check to the pages of its Analysis: leaves, what is printed on them and where, the key of every number."""
