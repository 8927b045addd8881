"""Reading the bank, always asked for by what a page needs."""
