"""The ledger: documents kept by their content, and what was found out about them."""
