"""How well bodies supervise: indicators that people configure, scored, ranked, and repeatable by their version."""
