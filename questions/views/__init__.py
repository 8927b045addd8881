"""Pages of the bank: thin, each one address."""
