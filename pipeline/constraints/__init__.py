"""Claims of the ledger as exact linear rows over the chain of count tables."""
