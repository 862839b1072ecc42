"""The ledger: analyses of many disclosures in one store that can be asked."""
