"""Reading: entries of the ledger become tables, and tables become answers. Never imports application."""
