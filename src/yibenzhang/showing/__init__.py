"""What a page of the workbench shows of a checked document: leaves, numbers, proofs, pictures. No web, no database."""
