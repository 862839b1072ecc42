"""What the ledger gives to the public: an open-data folder and a static site."""
