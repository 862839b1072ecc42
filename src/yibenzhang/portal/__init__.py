"""The portal: what the ledger holds, for the public; read-only pages with an address and a navigation of their own."""
