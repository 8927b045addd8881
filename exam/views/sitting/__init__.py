"""The pages on which an exam is sat, and their save protocol."""
