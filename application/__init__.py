"""Writing: commands become entries of the ledger. Never imports projections."""
