"""How the tables of the resources came to be."""
