"""The ledger sealed: a Merkle tree over its entries, signed roots, proofs, and what an outsider checks them with."""
